#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <algorithm>
#include <array>
#include <filesystem>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "cli/ca_files.hpp"
#include "cli/command.hpp"
#include "cli/input_file.hpp"
#include "cli/openssl_index.hpp"
#include "cli/options.hpp"
#include "pki/errors.hpp"
#include "pki/mini_ca.hpp"

namespace staplelab::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t max_index_octets = 256 * 1024 * 1024;
constexpr std::size_t max_key_octets = 64 * 1024;
constexpr std::size_t max_number_octets = 256;

// The first of the names that is a file below the folder; empty when none is.
std::string first_file(const fs::path& folder, std::initializer_list<const char*> names) {
  for (const char* name : names) {
    std::error_code ignored;
    if (fs::is_regular_file(folder / name, ignored)) return (folder / name).string();
  }
  return {};
}

// What a subject says can be the name of a file, and be typed.
std::string as_name(std::string_view text) {
  std::string name(text.substr(0, 64));
  for (char& c : name) {
    const auto octet = static_cast<unsigned char>(c);
    if (octet <= ' ' || octet == 0x7f || c == '/') c = '-';
  }
  if (!name.empty() && (name.front() == '.' || name.front() == '-')) name.front() = '_';
  return name;
}

// Of an RFC 2253 subject, "CN=..." first or behind a comma; the whole subject when there is none.
std::string name_of(const pki::certificate& cert) {
  const std::string subject = cert.subject();
  const auto at = subject.starts_with("CN=") ? 0 : subject.find(",CN=");
  if (at == std::string::npos) return as_name(subject);
  const auto begin = subject.find('=', at) + 1;
  return as_name(subject.substr(begin, subject.find(',', begin) - begin));
}

struct import_sources {
  std::string cert, key, index, certs, crl_number;  // files; empty: none
};

// Reads everything, and changes nothing.
class importer {
 public:
  explicit importer(import_sources from) : from_(std::move(from)) {}

  pki::imported_authority read(const std::string& name) const {
    const auto cert = read_certificates(from_.cert).front();
    const std::string key_pem = read_input(from_.key, max_key_octets);
    pki::imported_authority what{
        .name = name.empty() ? name_of(cert) : name,
        .identity = {cert, pki::key::from_pem(key_pem, from_.key)},
        .entries = {},
        .crl_number = crl_number(),
    };
    if (from_.index.empty()) return what;
    const std::string text = read_input(from_.index, max_index_octets);
    auto lines = read_openssl_index(from_.index, text);
    if (const auto* error = std::get_if<runtime::source_error>(&lines)) {
      throw failure(exit_code::bad_input,
                    fmt::format("nothing was imported\n{}", runtime::render(*error)));
    }
    for (const index_entry& line : std::get<std::vector<index_entry>>(lines))
      what.entries.push_back(entry_of(line, cert));
    return what;
  }

 private:
  pki::imported_entry entry_of(const index_entry& line, const pki::certificate& issuer) const {
    const std::string name = as_name(common_name_of(line.subject));
    return {.name = name.empty() ? line.serial.hex() : name,
            .serial = line.serial,
            .subject = line.subject,
            .not_after = line.not_after,
            .cert = certificate_of(line, issuer),
            .revoked = line.revoked};
  }

  std::optional<pki::certificate> certificate_of(const index_entry& line,
                                                 const pki::certificate& issuer) const {
    if (from_.certs.empty()) return std::nullopt;
    const std::string file = first_file(from_.certs, {(line.serial_text + ".pem").c_str()});
    if (file.empty()) return std::nullopt;
    const auto cert = read_certificates(file).front();
    if (cert.serial() != line.serial || !cert.signed_by(issuer)) {
      throw failure(exit_code::bad_input,
                    fmt::format("{} is not the certificate that the index names: {}", file,
                                cert.serial() != line.serial ? "its serial number is another"
                                                             : "another authority has signed it"),
                    "nothing was imported");
    }
    return cert;
  }

  std::int64_t crl_number() const {
    if (from_.crl_number.empty()) return 0;
    std::string text = read_input(from_.crl_number, max_number_octets);
    text.erase(text.find_last_not_of(" \t\r\n") + 1);
    const bool fits = !text.empty() && text.size() <= 15 &&
                      text.find_first_not_of("0123456789abcdefABCDEF") == std::string::npos;
    if (!fits) {
      throw failure(exit_code::bad_input,
                    fmt::format("{} holds no CRL number: '{}'", from_.crl_number, text),
                    "it is hexadecimal, as openssl ca writes it; nothing was imported");
    }
    return std::max<std::int64_t>(std::stoll(text, nullptr, 16) - 1, 0);  // it names the next one
  }

  import_sources from_;
};

class ca_import_command final : public command {
 public:
  void describe(CLI::App& app) override {
    app.add_option("DIR", directory_, "our CA; made if missing, else the authority joins it")
        ->required();
    app.add_option("OPENSSL_DIR", folder_, "the directory of an openssl ca");
    app.add_option("--cert", from_.cert, "the CA certificate")->type_name("FILE");
    app.add_option("--key", from_.key, "its private key, not encrypted")->type_name("FILE");
    app.add_option("--index", from_.index, "index.txt: what was issued and revoked")
        ->type_name("FILE");
    app.add_option("--certs", from_.certs, "folder with SERIAL.pem for what was issued")
        ->type_name("FOLDER");
    app.add_option("--name", name_, "of the authority here; default: its common name");
    app.footer(R"(
Examples:
  staplelab ca import ca demoCA       its cacert.pem, private/cakey.pem, index.txt and newcerts/
  staplelab ca import ca --cert root.pem --key root.key
  staplelab ca import ca demoCA --key other.key --name issuing

All of it is imported, or nothing. Serial numbers in index.txt are known also where the
certificate's file is missing: the responder answers for them, and they can be revoked.
)");
  }

  exit_code run() override {
    import_sources from = sources();
    if (!name_.empty()) check_file_name(name_);
    const auto what = importer(std::move(from)).read(name_);
    import_into(what);
    const auto revoked = std::ranges::count_if(
        what.entries, [](const auto& entry) { return entry.revoked.has_value(); });
    fmt::print("imported {} into {}: {} certificate{}, {} revoked\n", what.name, directory_,
               what.entries.size(), what.entries.size() == 1 ? "" : "s", revoked);
    return exit_code::success;
  }

 private:
  // What was named by an option, and for the rest what openssl ca calls it.
  import_sources sources() const {
    import_sources from = from_;
    if (folder_.empty() && (from.cert.empty() || from.key.empty())) {
      throw failure(exit_code::usage, "what to import is missing",
                    "name the directory of an openssl ca, or --cert and --key");
    }
    if (folder_.empty()) return from;
    const fs::path folder(folder_);
    if (!fs::is_directory(folder)) {
      throw failure(exit_code::bad_input, fmt::format("{} is no directory", folder_),
                    "a single pair is imported with --cert and --key");
    }
    const auto fill = [&](std::string& file, const char* option,
                          std::initializer_list<const char*> names) {
      if (file.empty()) file = first_file(folder, names);
      if (!file.empty()) return;
      throw failure(exit_code::bad_input,
                    fmt::format("{} holds none of: {}", folder_, fmt::join(names, ", ")),
                    fmt::format("name the file with {}", option));
    };
    fill(from.cert, "--cert", {"cacert.pem", "ca.pem", "ca.crt", "certs/ca.pem", "certs/ca.crt"});
    fill(from.key, "--key",
         {"private/cakey.pem", "private/ca.key", "cakey.pem", "ca.key", "private/key.pem"});
    fill(from.index, "--index", {"index.txt", "index"});
    if (from.certs.empty()) {
      for (const char* name : {"newcerts", "certs"}) {
        if (fs::is_directory(folder / name)) from.certs = (folder / name).string();
        if (!from.certs.empty()) break;
      }
    }
    from.crl_number = first_file(folder, {"crlnumber"});
    return from;
  }

  // A CA that was made for this goes again when it does not succeed.
  void import_into(const pki::imported_authority& what) const {
    const fs::path directory(directory_);
    const bool is_new = !fs::exists(directory / "ca.db");
    const bool is_new_folder = !fs::exists(directory);
    try {
      auto ca = is_new ? pki::mini_ca::create(directory, pki::mini_ca::random_serials())
                       : open_ca(directory);
      ca.import_authority(what);
      write_ca_files(directory, ca);
    } catch (const std::exception&) {
      std::error_code ignored;
      if (is_new) {
        for (const char* file : {"ca.db", "ca.db-wal", "ca.db-shm"})
          fs::remove(directory / file, ignored);
      }
      if (is_new_folder) fs::remove(directory, ignored);
      throw;
    }
  }

  std::string directory_, folder_, name_;
  import_sources from_;
};

}  // namespace

std::unique_ptr<command> make_ca_import() {
  return std::make_unique<ca_import_command>();
}

}  // namespace staplelab::cli
