// native/tests/metal_on_cpu/shim/trampoline.h: from the emulator's arguments to a kernel's parameters.
#pragma once
#include <tuple>

namespace hearth::emulator {

template <class Function>
struct SignatureOf;
template <class... Parameters>
struct SignatureOf<void (*)(Parameters...)> {
  template <size_t index>
  using at = std::tuple_element_t<index, std::tuple<Parameters...>>;
};

template <class Parameter>
Parameter bound(std::span<std::byte> memory) {
  if constexpr (std::is_reference_v<Parameter>) {
    return *reinterpret_cast<std::remove_reference_t<Parameter>*>(memory.data());
  } else {
    return reinterpret_cast<Parameter>(memory.data());
  }
}

template <class Parameter>
Parameter built_in(Size size) {
  if constexpr (metal::size_of<Parameter> == 0) {
    return static_cast<Parameter>(size.x);
  } else if constexpr (metal::size_of<Parameter> == 2) {
    return Parameter{static_cast<typename metal::vector_traits<Parameter>::element>(size.x),
                     static_cast<typename metal::vector_traits<Parameter>::element>(size.y)};
  } else {
    return Parameter{static_cast<typename metal::vector_traits<Parameter>::element>(size.x),
                     static_cast<typename metal::vector_traits<Parameter>::element>(size.y),
                     static_cast<typename metal::vector_traits<Parameter>::element>(size.z)};
  }
}
template <class Parameter>
Parameter built_in(uint32_t value) {
  return static_cast<Parameter>(value);
}

}  // namespace hearth::emulator
