#include "train/pictures/filter_picture.h"

#include <fmt/format.h>

#include "train/pictures/plot.h"
#include "train/pictures/sheet.h"

namespace sonograd::train {

std::string draw(const FilterPicture& picture) {
  constexpr double kFilterTitle = 30, kFilterLine = 24, kFilterHeight = 360, kFilterFoot = 40;
  constexpr std::size_t kLongestTitle = 60;
  const double top = kFilterTitle + kFilterLine * static_cast<double>(picture.lines.size()) + 16,
               bottom = top + kFilterHeight;
  Markup content =
      text_at(kSheetLeft, kFilterTitle, "start", "ink title", shortened(picture.title, kLongestTitle));
  double y = kFilterTitle + kFilterLine + 4;
  for (const std::string& line : picture.lines) {
    content.add(text_at(kSheetLeft, y, "start", "", line));
    y += kFilterLine;
  }
  content.add(spectrogram_panel(picture.responses, heat_palette(), top, kFilterHeight));
  const Axis axis = Axis::linear("", 0, picture.highest / 1000, 8);
  for (const double khz : axis.ticks) {
    if (khz * 1000 > picture.highest) continue;
    const double x = kSheetLeft + khz * 1000 / picture.highest * (kSheetRight - kSheetLeft);
    const char* const anchor = khz == 0 ? "start" : x > kSheetRight - 20 ? "end" : "middle";
    content.add(line_between("tick", x, bottom, x, bottom + 5))
        .add(text_at(x, bottom + 27, anchor, "", fmt::format("{:g}{}", khz, khz == 0 ? "" : " kHz")));
  }
  return sheet(picture.title, bottom + kFilterFoot, content);
}

}  // namespace sonograd::train
