#include "scenarios/target_folder.hpp"

#include <stdlib.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <system_error>

#include "pki/errors.hpp"
#include "runtime/process.hpp"
#include "scenarios/target_template.hpp"

namespace staplelab::scenarios {

namespace fs = std::filesystem;

namespace {

fs::path make_directory() {
  std::string pattern = (fs::temp_directory_path() / "staplelab-target-XXXXXX").string();
  if (!::mkdtemp(pattern.data())) {
    throw fs::filesystem_error("cannot make a folder for a server", pattern,
                               std::error_code(errno, std::generic_category()));
  }
  return pattern;
}

std::string pem_of(const std::vector<pki::certificate>& some) {
  std::string text;
  for (const auto& one : some)
    text += one.to_pem();
  return text;
}

void add(template_values& values, const template_values& more, const template_values& known) {
  for (const auto& [name, text] : more) {
    auto filled = filled_in(text, known);
    while (filled.ends_with('\n'))  // of the last line: where it is used there is one
      filled.pop_back();
    values[name] = std::move(filled);
  }
}

}  // namespace

target_folder::target_folder(const target& of) : of_(of), path_(make_directory()) {
  fs::permissions(path_, fs::perms(0755));  // a server that gives up root still looks into it
}

target_folder::~target_folder() {
  std::error_code nothing_more_to_do;
  fs::remove_all(path_, nothing_more_to_do);
}

void target_folder::empty_store() {
  std::error_code nothing_there;
  fs::remove_all(own_store(), nothing_there);
}

fs::path target_folder::own_store() const {
  return path_ / "store";
}

void target_folder::lay_out(const target_situation& now) {
  values_ = {{"port", std::to_string(now.port)},
             {"control_port", std::to_string(now.control_port)},
             {"dir", path_.string()},
             {"mode", std::string(to_string(now.mode))},
             {"program", fs::read_symlink("/proc/self/exe").string()},
             {"user", of_.user},
             {"store", now.store ? now.store->string() : own_store().string()},
             {"staple", std::holds_alternative<staple_file>(of_.staples)
                            ? (path_ / std::get<staple_file>(of_.staples).path).string()
                            : ""}};
  if (now.responder_url) {
    values_["ocsp_url"] = *now.responder_url;
  } else if (const auto urls = now.certificate.leaf.ocsp_urls(); !urls.empty()) {
    values_["ocsp_url"] = urls.front();
  }
  write_certificates(now);
  const auto known = values_;
  const leaf_kind kind{now.certificate.leaf.must_staple(), values_.contains("ocsp_url")};
  const auto& setting = setting_of(of_, now.mode, kind);
  if (const auto* own = std::get_if<template_values>(&setting)) add(values_, *own, known);
  if (now.responder_url) add(values_, of_.with_responder_url, known);
  if (now.store) add(values_, of_.with_store, known);
  for (const auto& folder : of_.folders)
    fs::create_directories(path_ / folder);
  for (const auto& file : of_.files)
    write(file.path, filled_in(file.text, values_));
  hand_over(path_);
  if (now.store) hand_over(*now.store);
}

std::string target_folder::as_written(std::string_view line) const {
  std::string text(line);
  const std::string path = path_.string();
  for (auto at = text.find(path); at != text.npos; at = text.find(path, at))
    text.replace(at, path.size(), "${dir}");
  return text;
}

void target_folder::write_certificates(const target_situation& now) {
  const auto& own = now.certificate;
  const auto key = own.key.to_pem();
  const auto cert = own.leaf.to_pem() + pem_of(own.chain);
  auto up_to_root = own.chain;
  for (const auto& root : now.roots) {
    const auto& last = up_to_root.empty() ? own.leaf : up_to_root.back();
    if (!last.signed_by(root)) continue;
    up_to_root.push_back(root);
    break;
  }
  const std::pair<std::string, std::string> files[] = {
      {"cert", cert},
      {"key", key},
      {"issuer", own.issuer ? own.issuer->to_pem() : ""},
      {"chain", pem_of(up_to_root)},
      {"ca", pem_of(now.roots)},
      {"bundle", cert + key}};
  for (const auto& [name, text] : files) {
    write(name + ".pem", text);
    values_[name] = (path_ / (name + ".pem")).string();
  }
}

void target_folder::write(const std::string& name, std::string_view octets) {
  const auto file = path_ / name;
  fs::create_directories(file.parent_path());
  std::ofstream out(file, std::ios::binary | std::ios::trunc);
  out.write(octets.data(), static_cast<std::streamsize>(octets.size()));
  out.close();
  if (!out) {
    throw fs::filesystem_error("cannot write", file, std::make_error_code(std::errc::io_error));
  }
  fs::permissions(file, fs::perms(0600));
  hand_over(file);
}

void target_folder::remove(const std::string& name) {
  fs::remove(path_ / name);
}

// To the user that the server runs as; only root can do that, and only root needs it.
void target_folder::hand_over(const fs::path& what) {
  if (of_.user.empty() || ::geteuid() != 0) return;
  const auto user = runtime::find_user(of_.user);
  if (!user) throw pki::input_error("there is no user '" + of_.user + "' on this machine");
  const auto give = [&](const fs::path& one) {
    if (::lchown(one.c_str(), user->user, user->group) == 0) return;
    throw fs::filesystem_error("cannot hand over", one,
                               std::error_code(errno, std::generic_category()));
  };
  give(what);
  if (!fs::is_directory(what)) return;
  for (const auto& each : fs::recursive_directory_iterator(what))
    give(each.path());
}

}  // namespace staplelab::scenarios
