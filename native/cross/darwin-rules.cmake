# native/cross/darwin-rules.cmake: read by CMake after its own rules for Macs, which call for a bundle: zig's linker makes
# none. Node loads a dylib as well.
set(CMAKE_SHARED_MODULE_CREATE_CXX_FLAGS "-shared")
