#include "responder/renewal.hpp"

namespace staplelab::responder {

pki::time_point renewal_time(const pki::certificate& delegate) {
  return delegate.not_before() + (delegate.not_after() - delegate.not_before()) * 2 / 3;
}

}  // namespace staplelab::responder
