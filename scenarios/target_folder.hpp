// The folder of a server under test: its configuration, filled in, its certificates and keys.
//
// Made below the system's folder for temporary files and removed with the value. Throws
// filesystem_error when the disk fails, and pki::input_error for a user that does not exist.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "scenarios/target.hpp"
#include "stapler/loaded_config.hpp"

namespace staplelab::scenarios {

// What the texts of a description are filled in with, beside what stands in it.
struct target_situation {
  stapler::mode mode;
  stapler::served_certificate certificate;
  std::vector<pki::certificate> roots;
  std::optional<std::string> responder_url;    // set: in place of the certificate's own
  std::optional<std::filesystem::path> store;  // set: staples shall outlive a restart
  std::uint16_t port;
  std::uint16_t control_port;
};

class target_folder {
 public:
  explicit target_folder(const target& of);
  target_folder(const target_folder&) = delete;
  target_folder& operator=(const target_folder&) = delete;
  ~target_folder();

  const std::filesystem::path& path() const { return path_; }
  // Writes everything anew.
  void lay_out(const target_situation& now);
  // Away with what a server has kept where the scenario gives it no store.
  void empty_store();
  void write(const std::string& name, std::string_view octets);
  void remove(const std::string& name);
  // A line of the server's, with "${dir}" for the path of this folder.
  std::string as_written(std::string_view line) const;
  // The values of the templates, after lay_out().
  const template_values& values() const { return values_; }

 private:
  std::filesystem::path own_store() const;
  void write_certificates(const target_situation& now);
  void hand_over(const std::filesystem::path& what);

  const target& of_;
  std::filesystem::path path_;
  template_values values_;
};

}  // namespace staplelab::scenarios
