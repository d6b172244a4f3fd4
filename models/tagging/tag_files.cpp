#include "models/tagging/tag_files.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <map>
#include <optional>
#include <thread>

#include "tensor/support/bounded_queue.h"
#include "tensor/support/compute_thread.h"
#include "tensor/support/start_threads.h"

namespace sonograd::models {
namespace {

// Decoders may be busy without a chunk while they find the length of a long file: interval at which `keep_going` is called.
constexpr std::chrono::milliseconds kPatience(100);

// Message of a decoder: a chunk, or the end of a file with its report.
struct Message {
  std::size_t file = 0;
  std::vector<float> chunk;
  bool ends = false;
  std::string error;
  audio::SourceReport report;
};

void decode_files(std::span<const std::filesystem::path> files, const ChunkRule& rule,
                  std::atomic<std::size_t>& next, BoundedQueue<Message>& queue) {
  prepare_compute_thread();
  for (std::size_t file = next++; file < files.size() && !queue.closed(); file = next++) {
    Message end{.file = file, .ends = true};
    try {
      const auto send = [&](std::span<const float> chunk) {
        queue.push({.file = file, .chunk = {chunk.begin(), chunk.end()}});
      };
      end.report = for_each_chunk(files[file], rule, send, [&] { return !queue.closed(); });
    } catch (const std::exception& error) {
      end.error = error.what();
    }
    queue.push(std::move(end));
  }
}

// Puts results that come in any order into the order of the files.
class InOrder {
 public:
  InOrder(std::span<const std::filesystem::path> files, const std::function<void(const FileScores&)>& emit)
      : files_(files), emit_(emit) {}

  FileScores& at(std::size_t file) {
    FileScores& result = waiting_[file].result;
    result.file = files_[file];
    return result;
  }
  void complete(std::size_t file) {
    waiting_[file].complete = true;
    for (auto first = waiting_.begin();
         first != waiting_.end() && first->first == next_ && first->second.complete;
         first = waiting_.begin()) {
      emit_(first->second.result);
      waiting_.erase(first);
      ++next_;
    }
  }
  std::size_t emitted() const { return next_; }

 private:
  struct Entry {
    FileScores result;
    bool complete = false;
  };
  std::span<const std::filesystem::path> files_;
  const std::function<void(const FileScores&)>& emit_;
  std::map<std::size_t, Entry> waiting_;
  std::size_t next_ = 0;
};

}  // namespace

void tag_files(const Model& model, std::span<const std::filesystem::path> files,
               const TagFilesOptions& options, const std::function<void(const FileScores&)>& emit,
               const std::function<bool()>& keep_going) {
  InOrder results(files, emit);
  ChunkScorer scorer(
      model.network(), model.about(), model.device(), options.batch, options.aggregate,
      [&](std::size_t file, const Scores& scores) {
        FileScores& result = results.at(file);
        if (all_finite(scores)) {
          result.scores = scores;
        } else {
          result.error =
              concat(files[file].string(), ": the outputs of the network are not finite for this file");
        }
        results.complete(file);
      },
      options.chunk_seen, options.seen);
  // Two batches of chunks wait at most, beside the one each decoder holds.
  BoundedQueue<Message> queue(static_cast<std::size_t>(2 * options.batch));
  std::atomic<std::size_t> next = 0;
  std::vector<std::jthread> decoders;
  const ClosesQueue closes_first{queue};
  decoders = start_threads(static_cast<std::size_t>(options.decoders),
                           [&](std::size_t) { decode_files(files, options.rule, next, queue); });
  if (decoders.empty()) throw Error("cannot start a thread to decode: the system allows no more");
  std::size_t ended = 0;
  while (ended < files.size()) {
    if (keep_going && !keep_going()) return;
    const std::optional<Message> received = queue.pop_for(kPatience);
    if (!received) continue;
    const Message& message = *received;
    if (!message.ends) {
      scorer.add(message.file, message.chunk);
      continue;
    }
    ++ended;
    FileScores& result = results.at(message.file);
    result.seconds = message.report.seconds;
    result.warning = message.report.warning;
    if (message.error.empty()) {
      scorer.end_clip(message.file);
    } else {
      result.error = message.error;
      scorer.drop_clip(message.file);
      results.complete(message.file);
    }
  }
  scorer.flush();
}

}  // namespace sonograd::models
