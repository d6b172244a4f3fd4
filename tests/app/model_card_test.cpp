// `sonograd models FILE --card`: the contents of a model file for people, escaped, with nothing added.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tensor/io/pth.h"
#include "tensor/io/sha256.h"
#include "tests/app/run_sonograd.h"
#include "tests/app/small_model.h"

namespace sonograd {
namespace {

namespace fs = std::filesystem;
using test::run_sonograd;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class Card : public testing::Test {
 protected:
  fs::path folder = test::temporary_folder("card");
  fs::path file = folder / "tagger.safetensors";

  void TearDown() override { fs::remove_all(folder); }
  /// The card of the small model with another description.
  std::string of(const std::function<void(models::ModelDescription&)>& change) const {
    models::ModelDraft model = test::small_model();
    change(model.about);
    models::save_model(file, model);
    const auto result = run_sonograd({"models", file, "--card"});
    EXPECT_EQ(result.exit_code, 0) << result.err;
    return result.out;
  }
};

TEST_F(Card, StatesWhatTheFileContains) {
  const std::string card = of([](models::ModelDescription& about) {
    about.training = R"({"recipe":"plain","seed":3,"epochs":30,"epoch":17,"data":"4f2a"})";
    about.metrics = R"({"valid":{"loss":0.25,"roc_auc":0.9125,"accuracy":null}})";
    about.thresholds = {0.25, 0.5, 0.75};
    about.licence = "CC BY 4.0";
  });
  EXPECT_THAT(card, AllOf(HasSubstr("# Model card: tagger.safetensors\n"),
                          HasSubstr("| network | `short_chunk_cnn` |"),
                          HasSubstr("| `model.channels` | 2 (changed): "), HasSubstr("8000 Hz"),
                          HasSubstr("| chunk | 32768 samples, 4.096 s |"), HasSubstr("| flute | 0.5000 |"),
                          HasSubstr("| recipe | plain |"), HasSubstr("| epoch of the weights | 17 |"),
                          HasSubstr("| seed | 3 |")));
  EXPECT_THAT(card,
              AllOf(HasSubstr("| valid.roc\\_auc | 0.9125 |"), HasSubstr("| valid.accuracy | not defined |"),
                    HasSubstr("Scores on test clips are not recorded in the file."),
                    HasSubstr("| licence | CC BY 4.0 |"), HasSubstr(io::sha256_of_file(file)),
                    HasSubstr("sonograd tag tagger.safetensors song.mp3\nsonograd evaluate"),
                    HasSubstr("does not mean that eight of ten")));
}

TEST_F(Card, TablesContainTheHelpOfOptionsAsText) {
  models::ModelDescription about;
  about.arch = "combined";
  about.options["channels"] = 2;
  about.labels = {"a"};
  models::save_model(file, models::make_model(std::move(about)));
  EXPECT_THAT(run_sonograd({"models", file, "--card"}).out, HasSubstr("front = log\\_mel\\|m"));
}

// The card, `info` and `convert` list the options that the model has, and no others.
TEST_F(Card, HasTheOptionsOfTheModelAlone) {
  models::ModelDescription about;
  about.arch = "combined";
  about.options = {{"front", "waveform"}, {"waveform_channels", 10}, {"channels", 2}};
  about.labels = {"a"};
  models::save_model(file, models::make_model(std::move(about)));
  const std::string card = run_sonograd({"models", file, "--card"}).out;
  EXPECT_THAT(card, AllOf(HasSubstr("| front end | none: the network takes the samples |"),
                          HasSubstr("`front_end.sample_rate`"), HasSubstr("`model.waveform_channels`")));
  const std::string info = run_sonograd({"info", file}).out;
  EXPECT_THAT(info, AllOf(HasSubstr("front_end.sample_rate"), HasSubstr("model.waveform_channels")));
  ASSERT_EQ(run_sonograd({"convert", file, folder / "weights.pth"}).exit_code, 0);
  const auto converted = run_sonograd({"convert", folder / "weights.pth", folder / "converted.safetensors"});
  EXPECT_THAT(converted.err, HasSubstr("front end: sample_rate 16000; --set"));
  for (const std::string& text : {card, info, converted.err}) {
    for (const char* const other : {"hop_length", "n_mels", "harmonics", "gru_units", "non_local_first"})
      EXPECT_THAT(text, Not(HasSubstr(other)));
  }
  models::save_model(file, test::small_model());
  ASSERT_EQ(run_sonograd({"convert", file, folder / "weights.pth"}).exit_code, 0);
  const auto spectrogram =
      run_sonograd({"convert", folder / "weights.pth", folder / "converted.safetensors"});
  EXPECT_THAT(spectrogram.err,
              AllOf(HasSubstr("front_end.amin=1e-10"), HasSubstr(", amin 1e-10"), Not(HasSubstr("offset"))))
      << "decibels have no offset";
}

TEST_F(Card, NamesWhatTheFileDoesNotContain) {
  const std::string card = of([](models::ModelDescription& about) {
    about.labels = {"tag00", "tag01", "tag02"};
  });
  EXPECT_THAT(card,
              AllOf(HasSubstr("| recipe | not recorded in the file |"), HasSubstr("| seed | not recorded"),
                    HasSubstr("| data set and split | not recorded"), HasSubstr("| source | not recorded"),
                    HasSubstr("| licence | not recorded"), HasSubstr("Scores are not recorded in the file."),
                    HasSubstr("names are placeholders"), HasSubstr("No thresholds are stored")));
  EXPECT_THAT(card, Not(HasSubstr("trained on one data set")));
}

TEST_F(Card, StatesTheFileThatWeightsWereConvertedFrom) {
  models::save_model(file, test::small_model());
  ASSERT_EQ(run_sonograd({"convert", file, folder / "weights.pth"}).exit_code, 0);
  const fs::path converted = folder / "converted.safetensors";
  const auto result =
      run_sonograd({"convert", folder / "weights.pth", converted, "--set", "front_end.sample_rate=8000",
                    "--set", "model.samples=32768", "--set", "front_end.hop_length=256"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(run_sonograd({"models", converted, "--card"}).out,
              AllOf(HasSubstr(concat("converted from a file with SHA-256 ",
                                     io::sha256_of_file(folder / "weights.pth"))),
                    HasSubstr("none of the files of `sonograd models --published`")));
}

TEST_F(Card, EscapesTextOfTheFile) {
  const std::string card = of([](models::ModelDescription& about) {
    about.labels = {"<script>alert(1)</script>", "a | b\n# heading",
                    "[x](https://evil.example) `c` *d* \x1b[2J"};
    about.licence = "see www.evil.example & <b>";
    about.training = R"({"recipe":"<img src=x>","re|cipe":{"a\nb":"| c |"}})";
    about.metrics = R"json({"te*st":{"roc_auc":"![p](q)"}})json";
  });
  EXPECT_THAT(card, AllOf(Not(HasSubstr("<script")), Not(HasSubstr("<img")), Not(HasSubstr("<b>")),
                          Not(HasSubstr("\n# heading")), Not(HasSubstr("](https")), Not(HasSubstr("https:")),
                          Not(HasSubstr("www.evil")), Not(HasSubstr("![")), Not(HasSubstr("\x1b"))));
  EXPECT_THAT(card, AllOf(HasSubstr("&lt;script&gt;"), HasSubstr("a \\| b\\\\n\\# heading"),
                          HasSubstr("\\[x\\]\\(https\\://evil.example\\) \\`c\\` \\*d\\*"),
                          HasSubstr("www\\.evil.example &amp; &lt;b&gt;"), HasSubstr("te\\*st.roc\\_auc")));
}

TEST_F(Card, IsWrittenToItsFileAtOnce) {
  models::save_model(file, test::small_model());
  const auto printed = run_sonograd({"models", file, "--card", "-"});
  EXPECT_EQ(run_sonograd({"models", file, "--card", folder / "card.md"}).exit_code, 0);
  EXPECT_EQ(test::read_file(folder / "card.md"), printed.out);
  const auto network = run_sonograd({"models", "fcn", "--card"});
  EXPECT_EQ(network.exit_code, 2);
  EXPECT_THAT(network.err, HasSubstr("fcn is a network; expected a model file or a run folder"));
  EXPECT_EQ(run_sonograd({"models", file, "--card", file}).exit_code, 2) << "the model is not replaced";
  EXPECT_EQ(run_sonograd({"models", file, "--card", "--svg"}).exit_code, 2);
  EXPECT_EQ(run_sonograd({"models", folder / "missing.safetensors", "--card"}).exit_code, 4);
}

TEST_F(Card, NamesAFileThatAShellWouldMisreadMODEL) {
  const fs::path odd = folder / "a `b`; rm -rf $x.safetensors";
  models::save_model(odd, test::small_model());
  EXPECT_THAT(run_sonograd({"models", odd, "--card"}).out,
              AllOf(HasSubstr("sonograd tag MODEL song.mp3"),
                    HasSubstr("# Model card: a \\`b\\`; rm -rf \\$x.safetensors")));
}

}  // namespace
}  // namespace sonograd
