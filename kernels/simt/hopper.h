// Features of compute capability 9.0, for files called *_sm90a.cu, whose `why_not` checks the device.
#pragma once

#include "kernels/simt/mbarrier.h"
#include "kernels/simt/tile_copy.h"
#include "kernels/simt/wgmma.h"
