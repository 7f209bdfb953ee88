# native/cross/darwin-arm64.cmake: the addon for Macs with Apple silicon, built anywhere: zig is clang with Darwin's
# headers and libc++. cmake -DCMAKE_TOOLCHAIN_FILE=... -DHEARTH_ZIG=PATH. Symbols of Node are found when it loads the
# addon; Metal and Objective-C are found by the addon itself, so neither needs a library here.
set(CMAKE_SYSTEM_NAME Darwin)
set(CMAKE_SYSTEM_PROCESSOR arm64)
set(CMAKE_TRY_COMPILE_PLATFORM_VARIABLES HEARTH_ZIG)
set(CMAKE_TRY_COMPILE_TARGET_TYPE STATIC_LIBRARY)
set(HEARTH_ZIG "zig" CACHE FILEPATH "The zig program")

set(CMAKE_C_COMPILER "${HEARTH_ZIG}" cc)
set(CMAKE_CXX_COMPILER "${HEARTH_ZIG}" c++)
# 13.0 is the first system that compiles our kernels (Metal 3); the M1 is the least of these processors.
set(target "-target aarch64-macos.13.0 -mcpu=apple_m1")
set(CMAKE_C_FLAGS_INIT "${target}")
set(CMAKE_CXX_FLAGS_INIT "${target}")
set(CMAKE_MODULE_LINKER_FLAGS_INIT "${target} -undefined dynamic_lookup")

# What CMake would ask Xcode for.
set(CMAKE_OSX_SYSROOT "" CACHE STRING "")
set(CMAKE_OSX_ARCHITECTURES "" CACHE STRING "")
set(CMAKE_OSX_DEPLOYMENT_TARGET "" CACHE STRING "")
set(CMAKE_INSTALL_NAME_TOOL "true" CACHE STRING "")
set(CMAKE_AR "${HEARTH_ZIG}" CACHE FILEPATH "")
set(CMAKE_RANLIB "true" CACHE FILEPATH "")
set(CMAKE_USER_MAKE_RULES_OVERRIDE_CXX "${CMAKE_CURRENT_LIST_DIR}/darwin-rules.cmake")
foreach(language C CXX)
  set(CMAKE_${language}_ARCHIVE_CREATE "<CMAKE_AR> ar qcs <TARGET> <OBJECTS>")
  set(CMAKE_${language}_ARCHIVE_APPEND "<CMAKE_AR> ar qs <TARGET> <OBJECTS>")
  set(CMAKE_${language}_ARCHIVE_FINISH "")
endforeach()
