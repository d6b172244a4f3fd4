// Tile copies, mbarriers and products of a warpgroup: C = A B^T in two stages, by one producer and one warpgroup.
#include "kernels/simt/hopper.h"
#include "kernels/simt/mma.h"
#include "kernels/simt/simt.h"
#include "tests/simt/primitive.h"

namespace sonograd::kernels::SONOGRAD_TARGET {
namespace {

// Beyond row 60 and column 200 the tiles hold zeros.
constexpr int kRows = 60, kDepth = 200, kPitch = 208, kStep = 64, kSteps = 4, kStages = 2;
constexpr std::size_t kMatrixWords = kRows * kPitch / 2;

struct Smem {
  alignas(1024) bf16 a[kStages][kWgmmaRows * kStep];
  alignas(1024) bf16 b[kStages][kWgmmaColumns * kStep];
  Mbarrier full[kStages], empty[kStages];
};

struct Params {
  TileMap a, b;
  float* c;  // [64, 64]
};

__device__ void produce(const Params& p, Smem& smem) {
  for (int step = 0; step < kSteps; ++step) {
    const int stage = step % kStages, round = step / kStages;
    wait(smem.empty[stage], static_cast<unsigned>(round + 1) % 2);
    arrive_expecting(smem.full[stage], sizeof(smem.a[0]) + sizeof(smem.b[0]));
    copy_tile(smem.a[stage], p.a, 0, step * kStep, smem.full[stage]);
    copy_tile(smem.b[stage], p.b, 0, step * kStep, smem.full[stage]);
  }
}

__device__ void consume(const Params& p, Smem& smem) {
  float acc[kWgmmaValues] = {};
  for (int step = 0; step < kSteps; ++step) {
    const int stage = step % kStages, round = step / kStages;
    wait(smem.full[stage], static_cast<unsigned>(round) % 2);
    wgmma_fence();
    for (int k = 0; k < kStep; k += kWgmmaK) {
      wgmma(acc, wgmma_operand(smem.a[stage], k), wgmma_operand(smem.b[stage], k));
    }
    wgmma_commit();
    wgmma_wait<0>();
    arrive(smem.empty[stage]);
  }
  for (int i = 0; i < kWgmmaValues; ++i) {
    const int row = static_cast<int>(threadIdx.x) / 32 * 16 + acc_row(threadIdx.x % 32, i % 4);
    const int column = i / 4 * 8 + acc_col(threadIdx.x % 32, i % 4);
    p.c[row * kWgmmaColumns + column] = acc[i];
  }
}

// Four warps multiply, the fifth one copies.
SONOGRAD_KERNEL(160, product_kernel, const __grid_constant__ Params p) {
  Smem& smem = *dynamic_shared<Smem>();
  if (threadIdx.x == 0) {
    for (int stage = 0; stage < kStages; ++stage) {
      init_mbarrier(smem.full[stage], 1);
      init_mbarrier(smem.empty[stage], 128);
    }
    fence_mbarriers();
  }
  sync_block();
  if (threadIdx.x < 128) {
    consume(p, smem);
  } else if (threadIdx.x == 128) {
    produce(p, smem);
  }
}

// Two small whole numbers as bf16.
std::uint32_t two_numbers(std::size_t i) {
  const auto number = [](std::size_t j) { return bf16(static_cast<float>(j * 37 % 11) - 5).bits; };
  return number(2 * i) | std::uint32_t{number(2 * i + 1)} << 16;
}

float element(const Words& in, std::size_t i) {
  return std::bit_cast<float>(in[i / 2] >> (i % 2 * 16) << 16);
}

Words product(const Words& in) {
  Words out;
  for (std::size_t row = 0; row < 64; ++row) {
    for (std::size_t column = 0; column < 64; ++column) {
      float sum = 0;
      for (std::size_t k = 0; k < kDepth && row < kRows && column < kRows; ++k) {
        sum += element(in, row * kPitch + k) * element(in, 2 * kMatrixWords + column * kPitch + k);
      }
      out.push_back(std::bit_cast<std::uint32_t>(sum));
    }
  }
  return out;
}

void run_product(const WordBuffers& p) {
  const auto map = [](const std::uint32_t* words) {
    return make_tile_map({reinterpret_cast<const bf16*>(words), kRows, kDepth, kPitch, 64});
  };
  launch("product", product_kernel, {{1}, {160}, sizeof(Smem)},
         {map(p.in), map(p.in + kMatrixWords), reinterpret_cast<float*>(p.out)});
}

}  // namespace

std::vector<Primitive> hopper_primitives() {
  return {{"tile_copy_and_wgmma", 2 * kMatrixWords, 64 * 64, two_numbers, run_product, product}};
}

}  // namespace sonograd::kernels::SONOGRAD_TARGET
