// One visitor out of several lambdas, for std::visit.
#pragma once

namespace staplelab::responder {

template <class... Ts>
struct overloaded : Ts... {
  using Ts::operator()...;
};
template <class... Ts>
overloaded(Ts...) -> overloaded<Ts...>;

}  // namespace staplelab::responder
