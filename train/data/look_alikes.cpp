#include "train/data/look_alikes.h"

#include <algorithm>
#include <map>

#include "tensor/support/error.h"
#include "tensor/support/text.h"

namespace sonograd::train {
namespace {

/// Letters with accents, and capitals whose distance from their small letter is not that of their alphabet (Unicode 15,
/// UnicodeData.txt: first character of the canonical decomposition of the small letter).
struct Letters {
  char32_t base;
  std::u32string_view variants;
};
constexpr Letters kLetters[] = {
    {U'a', U"ÀÁÂÃÄÅàáâãäåĀāĂăĄąǍǎǺǻȀȁȂȃȦȧḀḁẠạẢảẤấẦầẨẩẪẫẬậẮắẰằẲẳẴẵẶặ"},
    {U'b', U"ḂḃḄḅḆḇ"},
    {U'c', U"ÇçĆćĈĉĊċČčḈḉ"},
    {U'd', U"ĎďḊḋḌḍḎḏḐḑḒḓ"},
    {U'e', U"ÈÉÊËèéêëĒēĔĕĖėĘęĚěȄȅȆȇȨȩḔḕḖḗḘḙḚḛḜḝẸẹẺẻẼẽẾếỀềỂểỄễỆệ"},
    {U'f', U"Ḟḟ"},
    {U'g', U"ĜĝĞğĠġĢģǦǧǴǵḠḡ"},
    {U'h', U"ĤĥȞȟḢḣḤḥḦḧḨḩḪḫẖ"},
    {U'i', U"ÌÍÎÏìíîïĨĩĪīĬĭĮįİǏǐȈȉȊȋḬḭḮḯỈỉỊị"},
    {U'j', U"Ĵĵǰ"},
    {U'k', U"ĶķǨǩḰḱḲḳḴḵ"},
    {U'l', U"ĹĺĻļĽľḶḷḸḹḺḻḼḽ"},
    {U'm', U"ḾḿṀṁṂṃ"},
    {U'n', U"ÑñŃńŅņŇňǸǹṄṅṆṇṈṉṊṋ"},
    {U'o', U"ÒÓÔÕÖòóôõöŌōŎŏŐőǑǒǪǫǬǭȌȍȎȏȪȫȬȭȮȯȰȱṌṍṎṏṐṑṒṓỌọỎỏỐốỒồỔổỖỗỘộỚớỜờỞởỠỡỢợ"},
    {U'p', U"ṔṕṖṗ"},
    {U'r', U"ŔŕŖŗŘřȐȑȒȓṘṙṚṛṜṝṞṟ"},
    {U's', U"ŚśŜŝŞşŠšȘșṠṡṢṣṤṥṦṧṨṩ"},
    {U't', U"ŢţŤťȚțṪṫṬṭṮṯṰṱ"},
    {U'u', U"ÙÚÛÜùúûüŨũŪūŬŭŮůŰűŲųǓǔǕǖǗǘǙǚǛǜȔȕȖȗṲṳṴṵṶṷṸṹṺṻỤụỦủỨứỪừỬửỮữỰự"},
    {U'v', U"ṼṽṾṿ"},
    {U'w', U"ŴŵẀẁẂẃẄẅẆẇẈẉ"},
    {U'x', U"ẊẋẌẍ"},
    {U'y', U"ÝýÿŶŷŸȲȳẎẏỲỳỴỵỶỷỸỹ"},
    {U'z', U"ŹźŻżŽžẐẑẒẓẔẕ"},
    {U'æ', U"ÆǼǽ"},
    {U'ð', U"Ð"},
    {U'ø', U"ØǾǿ"},
    {U'þ', U"Þ"},
    {U'đ', U"Đ"},
    {U'ħ', U"Ħ"},
    {U'ĳ', U"Ĳ"},
    {U'ŀ', U"Ŀ"},
    {U'ł', U"Ł"},
    {U'ŋ', U"Ŋ"},
    {U'œ', U"Œ"},
    {U'ŧ', U"Ŧ"},
    {U'ȝ', U"Ȝ"},
    {U'ʒ', U"Ǯǯ"},
    {U'α', U"Άά"},
    {U'ε', U"Έέ"},
    {U'η', U"Ήή"},
    {U'ι', U"ΊΐΪίϊ"},
    {U'ο', U"Όό"},
    {U'υ', U"ΎΫΰϋύ"},
    {U'ω', U"Ώώ"},
    {U'г', U"Ѓѓ"},
    {U'е', U"ЀЁѐё"},
    {U'и', U"ЍЙйѝ"},
    {U'к', U"Ќќ"},
    {U'у', U"Ўў"},
    {U'ђ', U"Ђ"},
    {U'є', U"Є"},
    {U'ѕ', U"Ѕ"},
    {U'і', U"ІЇї"},
    {U'ј', U"Ј"},
    {U'љ', U"Љ"},
    {U'њ', U"Њ"},
    {U'ћ', U"Ћ"},
    {U'џ', U"Џ"},
    {U'ґ', U"Ґ"},
};

/// Letters of other alphabets in the place of the Latin letter that they look like as a small or as a capital letter (Unicode's
/// confusables.txt).
constexpr Letters kConfusables[] = {
    {U'a', U"\u0430\u0251\u03b1"},
    {U'b', U"\u0432\u03b2"},
    {U'c', U"\u0441"},
    {U'd', U"\u0501"},
    {U'e', U"\u0435\u03b5"},
    {U'g', U"\u0261"},
    {U'h', U"\u043d\u04bb"},
    {U'i', U"\u0456\u03b9\u0131"},
    {U'j', U"\u0458"},
    {U'k', U"\u043a\u03ba"},
    {U'l', U"\u04cf"},
    {U'm', U"\u043c"},
    {U'o', U"\u043e\u03bf"},
    {U'p', U"\u0440\u03c1"},
    {U'q', U"\u051b"},
    {U's', U"\u0455"},
    {U't', U"\u0442\u03c4"},
    {U'u', U"\u03c5"},
    {U'v', U"\u03bd"},
    {U'w', U"\u051d"},
    {U'x', U"\u0445\u03c7"},
    {U'y', U"\u0443"},
};

/// The character at the start of well-formed UTF-8 text, which is removed.
char32_t take_character(std::string_view& text) {
  const auto lead = static_cast<unsigned char>(text.front());
  const std::size_t length = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  char32_t value = length == 1 ? lead : lead & (0x7Fu >> length);
  for (std::size_t i = 1; i < length && i < text.size(); ++i)
    value = value << 6 | (static_cast<unsigned char>(text[i]) & 0x3Fu);
  text.remove_prefix(std::min(length, text.size()));
  return value;
}

bool is_blank(char32_t c) {
  return c == U'\t' || c == U' ' || c == 0xA0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200A) || c == 0x202F ||
         c == 0x205F || c == 0x3000;
}

/// Hyphens, dashes and low lines, which stand between words like blanks.
bool is_hyphen(char32_t c) {
  return c == U'-' || c == U'_' || (c >= 0x2010 && c <= 0x2015) || c == 0x2212 || c == 0xFE58 || c == 0xFE63;
}

/// Combining accents, soft hyphens, marks of direction, joiners and variation selectors.
bool is_without_width(char32_t c) {
  return (c >= 0x300 && c <= 0x36F) || c == 0xAD || c == 0x61C || (c >= 0x200B && c <= 0x200F) ||
         (c >= 0x202A && c <= 0x202E) || (c >= 0x2060 && c <= 0x2064) || (c >= 0xFE00 && c <= 0xFE0F) ||
         c == 0xFEFF;
}

/// The letter that has `c` among its variants, else `c`.
char32_t base_in(std::span<const Letters> letters, char32_t c) {
  const auto found = std::ranges::find_if(
      letters, [&](const Letters& row) { return row.variants.find(c) != std::u32string_view::npos; });
  return found == letters.end() ? c : found->base;
}

char32_t plain_letter(char32_t c) {
  if (c < 0x80) return c >= 'A' && c <= 'Z' ? c + 32 : c;
  const bool is_capital = (c >= 0x391 && c <= 0x3A9) || (c >= 0x410 && c <= 0x42F);
  return base_in(kConfusables, base_in(kLetters, is_capital ? c + 32 : c));
}

/// Full-width forms as the characters of ASCII.
char32_t usual_width(char32_t c) {
  return c >= 0xFF01 && c <= 0xFF5E ? c - 0xFEE0 : c;
}

/// Appends `c` in a form of our own, in which equal characters are equal; syllables of Hangul as their parts.
void append(std::u32string& text, char32_t c) {
  constexpr char32_t kSyllables = 0xAC00, kFirst = 0x1100, kVowels = 0x1161, kLast = 0x11A7;
  if (c < kSyllables || c > 0xD7A3) {
    text += plain_letter(c);
    return;
  }
  const char32_t index = c - kSyllables;
  text += kFirst + index / (21 * 28);
  text += kVowels + index / 28 % 21;
  if (index % 28 != 0) text += kLast + index % 28;
}

std::string to_utf8(std::u32string_view text) {
  std::string bytes;
  for (const char32_t c : text) {
    const int more = c < 0x80 ? 0 : c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;
    constexpr unsigned kLeads[] = {0, 0xC0, 0xE0, 0xF0};
    bytes += static_cast<char>(kLeads[more] | c >> (6 * more));
    for (int i = more - 1; i >= 0; --i) bytes += static_cast<char>(0x80 | (c >> (6 * i) & 0x3F));
  }
  return bytes;
}

}  // namespace

std::string plain_form(std::string_view label) {
  std::u32string plain;
  while (!label.empty()) {
    const char32_t c = usual_width(take_character(label));
    if (is_without_width(c)) continue;
    const bool is_between = !plain.empty() && !label.empty();  // one in front may be the sign of a number
    if (!is_blank(c) && !(is_hyphen(c) && is_between)) {
      append(plain, is_hyphen(c) ? U'-' : c);
    } else if (!plain.ends_with(U' ')) {
      plain += U' ';
    }
  }
  return std::string(trim(to_utf8(plain)));
}

std::vector<std::string> look_alikes(std::span<const std::string> labels) {
  std::map<std::string, std::vector<std::string>> forms;
  for (const std::string& label : labels) forms[plain_form(label)].push_back(concat('\'', label, '\''));
  std::vector<std::string> sentences;
  for (const auto& [form, same] : forms) {
    if (same.size() > 1)
      sentences.push_back(
          concat("the labels ", listed(same), " look alike, and are ", same.size(), " labels"));
  }
  return sentences;
}

}  // namespace sonograd::train
