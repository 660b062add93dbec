// Asks responder::answer about the lab's certificates, without a server, and reads back what it
// says.
#pragma once

#include <gtest/gtest.h>

#include <vector>

#include "lab.hpp"
#include "responder/answer.hpp"

namespace staplelab::responder::test {

class asker : public testing::Test {
 protected:
  asker() { signers_.set(lab_.direct(), signer_choice::fit_only, start); }

  ocsp_answer ask(pki::bytes_view request, const std::optional<content_fault>& lie = {}) const {
    const answer_sources from{*book_, signers_, remembered_, policy_};
    return answer(read_question(request, policy_, start), from, lie, start);
  }
  ocsp_answer ask(const std::vector<pki::cert_id>& ids) const {
    return ask(encoded(request_for(ids).get()));
  }

  // What is in the answer, read back by the parser.
  static pki::basic_response opened(const ocsp_answer& what) {
    const auto parsed = pki::parse_ocsp_response(what.der);
    EXPECT_TRUE(parsed && parsed->basic);
    return parsed && parsed->basic ? *parsed->basic : pki::basic_response{};
  }

  lab lab_;
  const pki::status_book* book_ = &lab_.ca();
  signing signers_;
  remembered_answers remembered_;
  answer_policy policy_;
};

}  // namespace staplelab::responder::test
