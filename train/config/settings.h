// Settings of a training run, as plain values. Their keys, ranges and explanations are in
// setting_table.h, those that are words in words.h; the initial values here are the built-in defaults.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "models/core/option.h"
#include "train/config/words.h"

namespace sonograd::train {

struct Settings {
  struct Train {
    std::string arch;
    RecipeName recipe;
    std::string init;
    std::int64_t epochs = 30;
    std::int64_t min_epochs = 0;
    std::int64_t patience = 0;
    std::int64_t batch = 16;
    std::int64_t chunks = 1;
    std::int64_t seed = 0;
    double label_smoothing = 0;
    LabelWeights label_weights = LabelWeights::none;
    double positive_weight = 1;
    std::string device = "auto";
    kernels::Precision precision = kernels::Precision::strict;
    std::vector<std::string> kernel;
    KernelChoice kernels = KernelChoice::by_order;
    std::int64_t threads = 0;
    double checkpoint_minutes = 10;
  } train;

  struct Data {
    std::string dir;
    TaskChoice task = TaskChoice::automatic;
    std::string split;
    Validation valid = Validation::automatic;
    std::string labels;
    std::int64_t min_clips = 0;
    models::Pcm pcm = models::Pcm::int16;
    double cache_max = 50;
  } data;

  struct Optim {
    kernels::OptimizerRule name = kernels::OptimizerRule::adamw;
    double lr = 1e-3;
    double weight_decay = 0.01;
    double l1 = 0;
    DecayedParameters decay_on = DecayedParameters::all;
    double beta1 = 0.9;
    double beta2 = 0.999;
    double alpha = 0.99;
    double eps = 1e-8;
    double momentum = 0.9;
    bool nesterov = true;
    double rmsprop_momentum = 0;
    double clip_norm = 0;
  } optim;

  struct Schedule {
    ScheduleKind name = ScheduleKind::one_cycle;
    double pct_start = 0.3;
    double div = 25;
    double final_div = 1e4;
    bool cycle_momentum = false;
    double max_momentum = 0.95;
    double base_momentum = 0.85;
    double warmup = 0;
    double final_ratio = 0;
    double factor = 0.5;
    std::int64_t patience = 5;
    bool reset = true;
  } schedule;

  struct Augment {
    std::int64_t freq_masks = 2;
    double freq_width = 0.1;
    std::int64_t time_masks = 2;
    double time_width = 0.1;
    double shift = 0.1;
    double mixup = 0;
    double polarity = 0;
    double noise = 0;
    double noise_min = 0.3;
    double noise_max = 0.5;
    double gain = 0;
    double gain_min = -20;
    double gain_max = -1;
    double filter = 0;
    double highpass_min = 200;
    double highpass_max = 1200;
    double lowpass_min = 2200;
    double lowpass_max = 4000;
    double delay = 0;
    double delay_min = 200;
    double delay_max = 450;
    double pitch = 0;
    std::int64_t pitch_max = 700;
    double reverb = 0;
    std::int64_t reverb_max = 99;
    EffectsOn effects_on = EffectsOn::automatic;
  } augment;

  struct Loss {
    LossKind name = LossKind::cross_entropy;
    std::vector<std::string> mse_tags;
  } loss;

  struct Triplet {
    std::string output = "penultimate";
    TripletDistance distance = TripletDistance::cosine;
    double margin = 0.4;
    TripletSampling sampling = TripletSampling::tag;
    TripletMining mining = TripletMining::random;
    std::int64_t neighbours = 10;
    std::int64_t factors = 16;
  } triplet;

  struct Student {
    std::string teacher;
    std::string unlabelled;
    std::int64_t batch = 16;
    TeacherTargets targets = TeacherTargets::soft;
    double label_weight = 1;
    double teacher_weight = 1;
  } student;

  struct Eval {
    std::int64_t chunks = 0;
    double hop = 0;
    models::Aggregate aggregate = models::Aggregate::mean;
    audio::Pad pad = audio::Pad::repeat;
  } eval;

  models::OptionValues
      model;  ///< options of the network (`model.KEY`), whose table has their meanings and ranges
};

}  // namespace sonograd::train
