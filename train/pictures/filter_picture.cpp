#include "train/pictures/filter_picture.h"

#include <fmt/format.h>

#include "train/pictures/plot.h"
#include "train/pictures/sheet.h"

namespace sonograd::train {

std::string draw(const FilterPicture& picture) {
  constexpr double kFilterHeight = 360, kFilterFoot = 40;
  const double top = below_heading(picture.lines.size()), bottom = top + kFilterHeight;
  Markup content = sheet_heading(picture.title, picture.lines);
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
