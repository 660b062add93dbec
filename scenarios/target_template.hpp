// "${name}" in the texts of a target's description.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "scenarios/target.hpp"

namespace staplelab::scenarios {

// What every template may ask for, whatever the target. Paths are absolute.
//   port           the port to listen on, on 127.0.0.1
//   dir            the server's own folder, where its files are laid out
//   cert           file: the leaf, then what leads to its root, without the root
//   key            file: the leaf's private key
//   issuer         file: the certificate that issued the leaf
//   chain          file: what leads from the leaf's issuer to the root, both included
//   ca             file: the roots
//   bundle         file: the leaf, what leads to its root, and the key
//   staple         file: the staple of an outsider
//   store          the folder for staples that outlives a restart
//   ocsp_url       the responder's address: the scenario's own, else the certificate's first
//   mode           auto, must, always or never
//   program        staplelab itself
//   control_port   a second free port
//   user           the user the server runs as
std::span<const std::string_view> template_names();

// The staple itself, in what is said to a control socket and nowhere else.
inline constexpr std::string_view staple_name = "staple_base64";

struct template_use {
  std::string_view name;
  std::size_t at;  // of "${"
};
// In the order of the text; a "${" without an end has an empty name.
std::vector<template_use> uses_in(std::string_view text);

// Every use replaced by its value; what has none is replaced by nothing. Values are not looked at
// again. A line that held nothing but uses, all of which turned out empty, is left out.
std::string filled_in(std::string_view text, const template_values& values);

}  // namespace staplelab::scenarios
