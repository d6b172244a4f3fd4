// What only compute capability 9.0 has. For files called *_sm90a.cu, whose variants say so in `why_not`.
#pragma once

#include "kernels/simt/mbarrier.h"
#include "kernels/simt/tile_copy.h"
#include "kernels/simt/wgmma.h"
