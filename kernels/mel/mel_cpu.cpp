#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include "kernels/core/launch.h"
#include "kernels/core/reference.h"
#include "kernels/mel/find_spans.h"
#include "kernels/mel/mel.h"

namespace sonograd::kernels::cpu {
namespace {

// ---- sparse: a block is sixteen rows, side by side; every thread has scratch memory for one block.
std::size_t lane_bytes(std::int64_t columns) {
  return Workspace::bytes<float>(static_cast<std::size_t>(columns * kLanes));
}

std::size_t sparse_workspace(const MelProblem& p) {
  const std::size_t per_thread = lane_bytes(p.bins) + lane_bytes(p.bands);
  return Workspace::bytes<BandSpan>(static_cast<std::size_t>(p.bands)) +
         static_cast<std::size_t>(threads()) * per_thread;
}

void project_sparse(const MelProblem& p, const MelProject::Args& a, const Context&, Workspace workspace) {
  const float* power = a.power.data<float>();
  const float* bank = a.bank.data<float>();
  float* y = a.y.data<float>();
  auto* spans = workspace.take<BandSpan>(static_cast<std::size_t>(p.bands));
  find_spans(bank, p.bins, p.bands, spans);
  const std::size_t per_thread = lane_bytes(p.bins) + lane_bytes(p.bands);
  std::byte* scratch = workspace.take<std::byte>(static_cast<std::size_t>(threads()) * per_thread);
  launch("mel_project", blocks_of(p.rows, kLanes), [&](std::int64_t block) {
    std::byte* mine = scratch + static_cast<std::size_t>(omp_get_thread_num()) * per_thread;
    auto* bins = reinterpret_cast<float*>(mine);
    auto* mel = reinterpret_cast<float*>(mine + lane_bytes(p.bins));
    const std::int64_t first = block * kLanes, count = std::min(kLanes, p.rows - first);
    if (count == kLanes) {
      SONOGRAD_SIMD_CALL(rows_to_lanes)(power + first * p.bins, p.bins, p.bins, bins, kLanes);
    } else {
      for (std::int64_t i = 0; i < p.bins * kLanes; ++i) {
        const std::int64_t row = i % kLanes;
        bins[i] = row < count ? power[(first + row) * p.bins + i / kLanes] : 0.0f;
      }
    }
    SONOGRAD_SIMD_CALL(bands_of_lanes)(bins, bank, spans, p.bands, mel);
    SONOGRAD_SIMD_CALL(lanes_to_rows)(mel, p.bands, count, a.y.adds(), y + first * p.bands, p.bands);
  });
}

// ---- blocked
std::size_t maxima_workspace(const DbProblem& p) {
  if (!p.options.top_db) return 0;
  return Workspace::bytes<float>(static_cast<std::size_t>(blocks_of(p.shape.numel(), kPiece)));
}

void decibels_blocked(const DbProblem& p, const PowerToDb::Args& a, const Context&, Workspace workspace) {
  const std::int64_t n = p.shape.numel(), blocks = blocks_of(n, kPiece);
  const float* x = a.x.data<float>();
  float* y = a.y.data<float>();
  double amin = p.options.amin;
  if (p.options.top_db && n > 0) {
    float* maxima = workspace.take<float>(static_cast<std::size_t>(blocks));
    launch("power_to_db_maximum", blocks, [&](std::int64_t block) {
      const std::int64_t start = block * kPiece;
      maxima[block] = SONOGRAD_SIMD_CALL(largest)(x + start, std::min(kPiece, n - start));
    });
    // A range in dB is a smallest power.
    const double largest_power =
        std::max(amin, static_cast<double>(*std::max_element(maxima, maxima + blocks)));
    amin = std::max(amin, largest_power * std::pow(10, -*p.options.top_db / 10));
  }
  const double offset = 10 * std::log10(std::max(p.options.ref, p.options.amin));
  launch("power_to_db", blocks, [&](std::int64_t block) {
    const std::int64_t start = block * kPiece;
    SONOGRAD_SIMD_CALL(decibels)
    (x + start, std::min(kPiece, n - start), static_cast<float>(amin), static_cast<float>(offset), a.y.adds(),
     y + start);
  });
}

void decibels_backward(const DbProblem& p, const PowerToDbBackward::Args& a, const Context&, Workspace) {
  const float* x = a.x.data<float>();
  const float* dy = a.dy.data<float>();
  float* dx = a.dx.data<float>();
  const auto amin = static_cast<float>(p.options.amin);
  launch_ranges("power_to_db_backward", p.shape.numel(), [&](std::int64_t begin, std::int64_t end) {
    SONOGRAD_SIMD_CALL(decibels_gradient)
    (x + begin, dy + begin, end - begin, amin, a.dx.adds(), dx + begin);
  });
}

}  // namespace

void find_spans(const float* bank, std::int64_t bins, std::int64_t bands, BandSpan* spans) {
  std::fill_n(spans, bands, BandSpan{std::numeric_limits<std::int32_t>::max(), 0});
  for (std::int64_t k = 0; k < bins; ++k) {
    const auto bin = static_cast<std::int32_t>(k);
    for (std::int64_t m = 0; m < bands; ++m) {
      const bool used = bank[k * bands + m] != 0.0f;
      spans[m].begin = used ? std::min(spans[m].begin, bin) : spans[m].begin;
      spans[m].end = used ? bin + 1 : spans[m].end;
    }
  }
}

extern const KernelVariant<MelProject> mel_project_reference =
    reference_row<MelProject>([]<class T>(T, const MelProblem& p, const MelProject::Args& a) {
      for (std::int64_t row = 0; row < p.rows; ++row) {
        for (std::int64_t m = 0; m < p.bands; ++m) {
          double sum = 0;
          for (std::int64_t k = 0; k < p.bins; ++k) {
            sum += static_cast<double>(a.power.data<T>()[row * p.bins + k]) *
                   static_cast<double>(a.bank.data<T>()[k * p.bands + m]);
          }
          store<T>(a.y, row * p.bands + m, sum);
        }
      }
    });
extern const KernelVariant<PowerToDb> power_to_db_reference =
    reference_row<PowerToDb>([]<class T>(T, const DbProblem& p, const PowerToDb::Args& a) {
      const auto [ref, amin, top_db] = p.options;
      std::vector<double> db;
      for (std::int64_t i = 0; i < p.shape.numel(); ++i) {
        const double power = std::max(static_cast<double>(a.x.data<T>()[i]), amin);  // keeps NaN
        db.push_back(10 * std::log10(power) - 10 * std::log10(std::max(amin, ref)));
      }
      const double floor = top_db && !db.empty() ? *std::max_element(db.begin(), db.end()) - *top_db
                                                 : -std::numeric_limits<double>::infinity();
      for (std::size_t i = 0; i < db.size(); ++i) {
        store<T>(a.y, static_cast<std::int64_t>(i), std::max(db[i], floor));
      }
    });

extern const KernelVariant<PowerToDbBackward> power_to_db_backward_reference =
    reference_row<PowerToDbBackward>([]<class T>(T, const DbProblem& p, const PowerToDbBackward::Args& a) {
      for (std::int64_t i = 0; i < p.shape.numel(); ++i) {
        const auto x = static_cast<double>(a.x.data<T>()[i]), dy = static_cast<double>(a.dy.data<T>()[i]);
        store<T>(a.dx, i, x < p.options.amin ? 0 : dy * 10 / (std::numbers::ln10 * x));
      }
    });

extern const KernelVariant<MelProject> mel_project_sparse = {
    .name = "sparse", .why_not = float_only, .workspace = sparse_workspace, .run = project_sparse};
extern const KernelVariant<PowerToDb> power_to_db_blocked = {
    .name = "blocked", .why_not = float_only, .workspace = maxima_workspace, .run = decibels_blocked};
extern const KernelVariant<PowerToDbBackward> power_to_db_backward_simd = {
    .name = "simd", .why_not = float_only, .run = decibels_backward};

}  // namespace sonograd::kernels::cpu
