// After each test of this program OpenSSL's error queue must be empty: nothing here leaves its
// failures for the next caller to find.
#include <gtest/gtest.h>
#include <openssl/err.h>

namespace staplelab::tests {
namespace {

class error_queue_listener : public testing::EmptyTestEventListener {
  void OnTestEnd(const testing::TestInfo&) override {
    const unsigned long left = ERR_peek_error();
    EXPECT_EQ(left, 0U) << "left in the error queue: " << ERR_reason_error_string(left);
    ERR_clear_error();
  }
};

[[maybe_unused]] const bool registered = [] {
  testing::UnitTest::GetInstance()->listeners().Append(new error_queue_listener);  // it owns it now
  return true;
}();

}  // namespace
}  // namespace staplelab::tests
