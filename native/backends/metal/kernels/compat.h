// native/backends/metal/kernels/compat.h: the only kernel file that knows who compiles it: Apple's compiler, or clang
// for the tests (tests/metal_on_cpu), whose <metal_stdlib> defines these words itself.
#pragma once
#include <metal_stdlib>

using namespace metal;

#ifndef HEARTH_EMULATED_METAL
#define FUNCTION_CONSTANT(type, name, index) constant type name [[function_constant(index)]]
#define THREADGROUP_ARRAY(type, name, count) threadgroup type name[count]
#define INSTANTIATE(label, ...) template [[host_name(label)]] kernel decltype(__VA_ARGS__) __VA_ARGS__;
#endif
