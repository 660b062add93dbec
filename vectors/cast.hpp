// The parties of the vectors: authorities, server certificates, and responders fit and unfit.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "vectors/certificate_plan.hpp"

namespace staplelab::vectors {

// When every vector is judged, unless it says otherwise.
time_point judging_time();

struct party {
  std::string name;  // of its file, without extension
  certificate_plan plan;
  signing_key key;
  bytes der;
};

class cast {
 public:
  explicit cast(std::string_view seed);
  // Throws std::out_of_range for a name nobody has.
  const party& operator[](std::string_view name) const;
  const std::map<std::string, party, std::less<>>& all() const { return parties_; }

 private:
  void add_authorities();
  void add_servers();
  void add_delegates();
  void add_other_algorithms();
  // `key_of`: shares the key of another party; empty: a key of its own.
  void add(std::string_view name, key_kind kind, std::string_view issuer, certificate_plan plan,
           std::string_view key_of = {});

  std::string seed_;
  std::map<std::string, party, std::less<>> parties_;
};

}  // namespace staplelab::vectors
