#include "train/data/pcm_cache.h"

#include <algorithm>
#include <chrono>
#include <cstring>
#include <iomanip>
#include <optional>
#include <utility>

#include "audio/load.h"
#include "tensor/io/atomic_file.h"
#include "tensor/io/mapped_file.h"
#include "tensor/support/cache_folder.h"

namespace sonograd::train {
namespace fs = std::filesystem;
namespace {

/// Raise it whenever the same file would be decoded, mixed or resampled to other samples.
constexpr int kPipelineVersion = 1;
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

std::uint64_t checksum_of(std::span<const std::int16_t> samples, std::string_view warning,
                          std::string_view key) {
  const std::uint64_t hash = checksum(std::as_bytes(std::span(warning)), checksum(std::as_bytes(samples)));
  return checksum(std::as_bytes(std::span(key)), hash);
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

std::optional<Header> read_header(std::span<const std::byte> bytes) {
  Header header;
  const Header expected;
  if (bytes.size() < sizeof(Header)) return std::nullopt;
  std::memcpy(&header, bytes.data(), sizeof(Header));
  const std::uint64_t rest = bytes.size() - sizeof(Header);
  const bool fits = header.samples <= rest / 2 && header.warning_bytes <= rest - 2 * header.samples &&
                    header.key_bytes == rest - 2 * header.samples - header.warning_bytes;
  if (std::memcmp(header.magic, expected.magic, sizeof(header.magic)) != 0 || !fits) return std::nullopt;
  return header;
}

}  // namespace

PcmClip decode_pcm(const fs::path& clip, int sample_rate) {
  auto decoded = std::make_shared<const audio::Clip<std::int16_t>>(audio::load_mono_pcm16(clip, sample_rate));
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
    if (file.extension() != ".pcm") continue;
    const std::uintmax_t bytes = fs::file_size(file, ignored);
    if (!ignored) ledger_.add(file, fs::last_write_time(file, ignored), bytes);
  }
}

PcmClip PcmCache::get(const fs::path& clip, int sample_rate) {
  if (folder_.empty()) return decode_pcm(clip, sample_rate);
  const std::string key = key_of(clip, sample_rate);
  const std::string name = hexadecimal(checksum(std::as_bytes(std::span(key))));
  // A folder for each first byte: no folder gets so full that listing it takes long.
  const fs::path file = folder_ / name.substr(0, 2) / (name.substr(2) + ".pcm");
  if (PcmClip found = find(file, key); found.samples().data() != nullptr) return found;
  PcmClip decoded = decode_pcm(clip, sample_rate);
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
  std::shared_ptr<const io::MappedFile> mapped;
  try {
    mapped = std::make_shared<const io::MappedFile>(file);
  } catch (const IoError&) {
    return {};
  }
  const std::span<const std::byte> bytes = mapped->bytes();
  const std::optional<Header> header = read_header(bytes);
  if (!header || header->samples == 0) return {};
  const std::span<const std::int16_t> samples(
      reinterpret_cast<const std::int16_t*>(bytes.data() + sizeof(Header)), header->samples);
  const std::string_view text = std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size())
                                    .substr(sizeof(Header) + samples.size_bytes());
  const std::string_view warning = text.substr(0, header->warning_bytes);
  const bool is_first_use = [&] {
    const std::lock_guard lock(mutex_);
    return !ledger_.is_in_use(file);
  }();
  if (is_first_use) {
    if (text.substr(warning.size()) != key || checksum_of(samples, warning, key) != header->checksum)
      return {};
    std::error_code ignored;
    fs::last_write_time(file, fs::file_time_type::clock::now(), ignored);
    const std::lock_guard lock(mutex_);
    ledger_.use(file);
  }
  return {std::move(mapped), samples, header->clipped, std::string(warning)};
}

void PcmCache::store(const fs::path& file, const std::string& key, const PcmClip& clip) {
  Header header;
  header.samples = clip.samples().size();
  header.warning_bytes = clip.warning().size();
  header.key_bytes = key.size();
  header.clipped = clip.clipped();
  header.checksum = checksum_of(clip.samples(), clip.warning(), key);
  const std::uint64_t bytes =
      sizeof(Header) + clip.samples().size_bytes() + clip.warning().size() + key.size();
  if (!reserve(bytes)) return;
  try {
    fs::create_directories(file.parent_path());
    io::AtomicFile out(file);
    out.write(std::as_bytes(std::span(&header, 1)));
    out.write(std::as_bytes(clip.samples()));
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
