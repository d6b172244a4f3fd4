// Parts of a picture that is a file of its own: an SVG in light or dark colours, with time from its left to its right edge.
#pragma once

#include <array>
#include <span>
#include <string>
#include <string_view>

#include "train/pictures/markup.h"
#include "train/pictures/picture.h"

namespace sonograd::train {

/// Width of a sheet, and its left and right margins, in units of the drawing.
inline constexpr double kSheetWidth = 800, kSheetLeft = 16, kSheetRight = 784;

/// A complete SVG file. Colours follow the reader's system; text grows where the picture is shown narrower than 560 px. Classes of text:
/// `ink` (else quiet), `title`, `label`, `small`, `over` (white on a spectrogram); of areas and lines: `track`, `curve`, `high`,
/// `edge`, `threshold`, `tick`, `hit`; `other`, `other-edge` and `mark` in orange, as `curve`, `edge` and `high` are in blue;
/// `quiet-edge` and `band` in grey.
std::string sheet(const std::string& title, double height, const Markup& content);

Markup text_at(double x, double y, std::string_view anchor, std::string_view kind, const std::string& text);
Markup rectangle(std::string_view kind, double x, double y, double width, double height);
Markup line_between(std::string_view kind, double x1, double y1, double x2, double y2);
/// A PNG file, stretched.
Markup image_at(std::string_view png, double x, double y, double width, double height);

/// Title and quiet lines at the top of a sheet, each of them shortened to its width.
Markup sheet_heading(const std::string& title, std::span<const std::string> lines);
/// Top of whatever follows a heading with that many lines.
double below_heading(std::size_t lines);

/// At most `longest` characters, the last one "…" where some are left out.
std::string shortened(const std::string& text, std::size_t longest);

/// A picture of mel_picture.h over the width of the sheet, in the colours of `palette`, and its frequencies up to half of
/// `sample_rate` in Hz.
Markup spectrogram_panel(const Picture& mel, const std::array<Rgb, 256>& palette, double top, double height);
Markup frequency_labels(double sample_rate, double top, double height);
/// Times below a panel that ends at `bottom` and shows `seconds`, from `begin` on.
Markup time_labels(double begin, double seconds, double bottom);

}  // namespace sonograd::train
