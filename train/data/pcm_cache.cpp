#include "train/data/pcm_cache.h"

#include <algorithm>
#include <chrono>
#include <cstring>
#include <iomanip>
#include <optional>
#include <sys/stat.h>
#include <utility>
#include <vector>

#include "audio/load.h"
#include "tensor/io/atomic_file.h"
#include "tensor/io/input_file.h"
#include "tensor/support/cache_folder.h"

namespace sonograd::train {
namespace fs = std::filesystem;
namespace {

/// Raise it whenever the same file would be decoded, mixed or resampled to other samples.
constexpr int kPipelineVersion = 2;
constexpr double kGiB = 1 << 30;

/// Starts an entry; the samples, the decoder's warning and the key follow.
struct Header {
  char magic[8] = {'s', 'g', 'p', 'c', 'm', '2', '\n', '\0'};
  std::uint64_t samples = 0;
  std::uint64_t warning_bytes = 0;
  std::uint64_t key_bytes = 0;
  std::int64_t clipped = 0;
  std::uint64_t checksum = 0;  ///< of everything after the header
};

/// Detects damage, not tampering: FNV-1a in words of eight bytes.
std::uint64_t checksum(std::span<const std::byte> bytes, std::uint64_t hash = 0xcbf29ce484222325u) {
  for (; bytes.size() >= 8; bytes = bytes.subspan(8)) {
    std::uint64_t word = 0;
    std::memcpy(&word, bytes.data(), 8);
    hash = (hash ^ word) * 0x100000001b3u;
    hash ^= hash >> 32;
  }
  for (const std::byte byte : bytes) hash = (hash ^ static_cast<std::uint64_t>(byte)) * 0x100000001b3u;
  return hash;
}

std::uint64_t checksum_of(std::uint64_t samples, std::string_view warning, std::string_view key) {
  return checksum(std::as_bytes(std::span(key)), checksum(std::as_bytes(std::span(warning)), samples));
}

/// Text that identifies the source of an entry. Throws IoError when the clip is not there.
std::string key_of(const fs::path& clip, int sample_rate) {
  std::error_code error;
  const fs::path path = fs::canonical(clip, error);
  const auto size = error ? 0 : fs::file_size(path, error);
  const auto changed = error ? fs::file_time_type() : fs::last_write_time(path, error);
  if (error) throw IoError(concat(clip.string(), ": ", error.message()));
  return concat(path.string(), '\n', size, ' ', changed.time_since_epoch().count(), ' ', sample_rate, ' ',
                audio::decoder_version(), ' ', kPipelineVersion);
}

std::string hexadecimal(std::uint64_t value) {
  std::ostringstream out;
  out << std::hex << std::setfill('0') << std::setw(16) << value;
  return out.str();
}

std::optional<Header> read_header(const io::InputFile& file) {
  Header header;
  const Header expected;
  if (file.size() < sizeof(Header)) return std::nullopt;
  file.read(0, std::as_writable_bytes(std::span(&header, 1)));
  const std::uint64_t rest = file.size() - sizeof(Header);
  const bool fits = header.samples <= rest / 2 && header.warning_bytes <= rest - 2 * header.samples &&
                    header.key_bytes == rest - 2 * header.samples - header.warning_bytes;
  if (std::memcmp(header.magic, expected.magic, sizeof(header.magic)) != 0 || !fits) return std::nullopt;
  return header;
}

std::string read_text(const io::InputFile& file, std::uint64_t offset, std::size_t bytes) {
  std::string text(bytes, '\0');
  file.read(offset, std::as_writable_bytes(std::span(text)));
  return text;
}

std::string read_warning(const io::InputFile& file, const Header& header) {
  return read_text(file, sizeof(Header) + 2 * header.samples, header.warning_bytes);
}

/// False for an entry that is damaged or belongs to another key. Reads all of it, in blocks.
bool is_sound(const io::InputFile& file, const Header& header, const std::string& key) {
  constexpr std::uint64_t kBlock = 1 << 20;  // whole words of the checksum
  const std::uint64_t bytes = 2 * header.samples;
  std::vector<std::byte> block(static_cast<std::size_t>(std::min(kBlock, bytes)));
  std::uint64_t samples = checksum({});
  for (std::uint64_t done = 0; done < bytes; done += kBlock) {
    const auto part = std::span(block).first(static_cast<std::size_t>(std::min(kBlock, bytes - done)));
    file.read(sizeof(Header) + done, part);
    samples = checksum(part, samples);
  }
  const std::string warning = read_warning(file, header);
  const std::string stored = read_text(file, sizeof(Header) + bytes + warning.size(), header.key_bytes);
  return stored == key && checksum_of(samples, warning, key) == header.checksum;
}

/// Length of an entry, without its samples; 0: there is none.
std::uint64_t samples_in(const fs::path& file) {
  std::error_code absent;
  if (!fs::exists(file, absent)) return 0;
  try {
    const std::optional<Header> header = read_header(io::InputFile(file));
    return header ? header->samples : 0;
  } catch (const IoError&) {
    return 0;
  }
}

}  // namespace

void PcmClip::copy(std::size_t first, std::span<std::int16_t> out) const {
  if (file_ != nullptr)
    return file_->read(offset_ + first * sizeof(std::int16_t), std::as_writable_bytes(out));
  std::ranges::copy(samples_.subspan(first, out.size()), out.begin());
}

PcmClip decode_pcm(const fs::path& clip, int sample_rate, audio::LoadLimits limits) {
  auto decoded =
      std::make_shared<const audio::Clip<std::int16_t>>(audio::load_mono_pcm16(clip, sample_rate, limits));
  const std::span<const std::int16_t> samples = decoded->samples;
  const std::int64_t clipped = decoded->clipped;
  std::string warning = decoded->warning;
  return {std::move(decoded), samples, clipped, std::move(warning)};
}

fs::path PcmCache::default_folder() {
  return cache_folder("pcm");
}

PcmCache::PcmCache(fs::path folder, std::uint64_t max_bytes)
    : folder_(std::move(folder)), ledger_(max_bytes) {
  if (folder_.empty()) {
    warning_ = "decoded clips are not cached: neither XDG_CACHE_HOME nor HOME is set";
    return;
  }
  std::error_code ignored;
  fs::permissions(folder_, fs::perms::others_all, fs::perm_options::remove, ignored);
  scan();
}

std::unique_ptr<PcmCache> PcmCache::open(double max_gib) {
  const auto bytes = static_cast<std::uint64_t>(max_gib * kGiB);
  return bytes == 0 ? nullptr : std::make_unique<PcmCache>(default_folder(), bytes);
}

void PcmCache::scan() {
  std::error_code ignored;
  for (fs::recursive_directory_iterator entry(folder_, ignored), end; entry != end;
       entry.increment(ignored)) {
    const fs::path& file = entry->path();
    const bool is_unfinished = io::is_temporary(file);
    if (is_unfinished && io::remove_if_abandoned(file)) continue;
    if (!is_unfinished && file.extension() != ".pcm") continue;
    const std::uintmax_t bytes = fs::file_size(file, ignored);
    if (ignored) continue;
    if (is_unfinished) {
      ledger_.occupy(bytes);
    } else {
      ledger_.add(file, fs::last_write_time(file, ignored), bytes);
    }
  }
}

// For this user only, unless the folder exists. Throws IoError.
void PcmCache::make_folder(const fs::path& folder) const {
  std::error_code error;
  fs::create_directories(folder_.parent_path(), error);
  for (const fs::path& each : {folder_, folder}) {
    if (!error && mkdir(each.c_str(), 0700) != 0 && errno != EEXIST)
      throw io::system_error(each, "cannot make the folder");
  }
  if (error) throw IoError(concat(folder_.string(), ": cannot make the folder: ", error.message()));
}

PcmClip PcmCache::get(const fs::path& clip, int sample_rate, audio::LoadLimits limits) {
  if (folder_.empty()) return decode_pcm(clip, sample_rate, limits);
  const std::string key = key_of(clip, sample_rate);
  const std::string name = hexadecimal(checksum(std::as_bytes(std::span(key))));
  // A folder for each first byte: no folder gets so full that listing it takes long.
  const fs::path file = folder_ / name.substr(0, 2) / (name.substr(2) + ".pcm");
  const std::uint64_t max_samples = limits.max_bytes / sizeof(std::int16_t);
  if (samples_in(file) > max_samples)
    throw audio::ClipTooLong(clip, max_samples / static_cast<std::uint64_t>(sample_rate));
  if (PcmClip found = find(file, key); found.size() > 0) return found;
  PcmClip decoded = decode_pcm(clip, sample_rate, limits);
  try {
    store(file, key, decoded);
  } catch (const std::exception& error) {
    const std::lock_guard lock(mutex_);
    if (warning_.empty()) warning_ = concat("decoded clips are not cached: ", error.what());
  }
  return decoded;
}

std::string PcmCache::warning() const {
  const std::lock_guard lock(mutex_);
  return warning_;
}

PcmClip PcmCache::find(const fs::path& file, const std::string& key) {
  try {
    auto opened = std::make_shared<const io::InputFile>(file);
    const std::optional<Header> header = read_header(*opened);
    if (!header || header->samples == 0) return {};
    const bool is_first_use = [&] {
      const std::lock_guard lock(mutex_);
      return !ledger_.is_in_use(file);
    }();
    if (is_first_use) {
      if (!is_sound(*opened, *header, key)) return {};
      std::error_code ignored;
      fs::last_write_time(file, fs::file_time_type::clock::now(), ignored);
      const std::lock_guard lock(mutex_);
      ledger_.use(file);
    }
    std::string warning = read_warning(*opened, *header);
    return {std::move(opened), sizeof(Header), header->samples, header->clipped, std::move(warning)};
  } catch (const IoError&) {
    return {};
  }
}

void PcmCache::store(const fs::path& file, const std::string& key, const PcmClip& clip) {
  const std::span<const std::int16_t> samples = clip.in_memory();
  Header header;
  header.samples = samples.size();
  header.warning_bytes = clip.warning().size();
  header.key_bytes = key.size();
  header.clipped = clip.clipped();
  header.checksum = checksum_of(checksum(std::as_bytes(samples)), clip.warning(), key);
  const std::uint64_t bytes = sizeof(Header) + samples.size_bytes() + clip.warning().size() + key.size();
  if (!reserve(bytes)) return;
  try {
    make_folder(file.parent_path());
    io::AtomicFile out(file, 0660);
    out.write(std::as_bytes(std::span(&header, 1)));
    out.write(std::as_bytes(samples));
    out.write(clip.warning());
    out.write(key);
    out.commit(io::Durability::unsynced);  // the checksum detects what a crash has damaged
  } catch (...) {
    const std::lock_guard lock(mutex_);
    ledger_.release(bytes);
    throw;
  }
  const std::lock_guard lock(mutex_);
  ledger_.fill(file, bytes);
}

// Makes room for an entry by deleting others, and counts it. False, and nothing is deleted, when those in use leave too
// little.
bool PcmCache::reserve(std::uint64_t bytes) {
  const std::lock_guard lock(mutex_);
  const auto dropped = ledger_.reserve(bytes);
  if (!dropped) {
    if (warning_.empty()) {
      warning_ = concat("the clips do not all fit into the cache of ",
                        static_cast<double>(ledger_.max_bytes()) / kGiB,
                        " GiB; the others are decoded whenever they are used");
    }
    return false;
  }
  std::error_code ignored;
  for (const fs::path& file : *dropped) fs::remove(file, ignored);
  return true;
}

}  // namespace sonograd::train
