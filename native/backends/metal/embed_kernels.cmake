# native/backends/metal/embed_kernels.cmake: cmake -DFOLDER=... -DOUT=... -P embed_kernels.cmake
cmake_minimum_required(VERSION 3.22)

# Writes a C++ file that holds every .metal file as text, with the headers it includes in front: the compiler on a
# person's machine gets one string and no search path.
set(out "// Made by embed_kernels.cmake from kernels/.\n#include \"backends/metal/gpu.h\"\n\nnamespace hearth::metal {\n")
set(list "")
file(GLOB sources "${FOLDER}/*.metal")

# Sets `result` in the caller to the text of `name` with its own includes, each header once a source.
function(expand name result)
  get_property(seen GLOBAL PROPERTY SEEN)
  if(name IN_LIST seen)
    set(${result} "" PARENT_SCOPE)
    return()
  endif()
  set_property(GLOBAL APPEND PROPERTY SEEN "${name}")
  file(READ "${FOLDER}/${name}" text)
  string(REPLACE "#pragma once\n" "" text "${text}")
  while(text MATCHES "#include \"([a-z0-9_]+\\.h)\"\n")
    set(header "${CMAKE_MATCH_1}")
    expand("${header}" inner)
    string(REPLACE "#include \"${header}\"\n" "${inner}" text "${text}")
  endwhile()
  set(${result} "${text}" PARENT_SCOPE)
endfunction()

foreach(source IN LISTS sources)
  get_filename_component(name "${source}" NAME)
  get_filename_component(family "${source}" NAME_WE)
  set_property(GLOBAL PROPERTY SEEN "")
  expand("${name}" text)
  string(APPEND out "static const char k_${family}[] = R\"MSL(${text})MSL\";\n")
  string(APPEND list "    {\"${family}\", k_${family}},\n")
endforeach()
string(APPEND out "\nstd::span<const KernelSource> kernel_sources() {\n  static constexpr KernelSource kSources[] = {\n${list}  };\n  return kSources;\n}\n\n}  // namespace hearth::metal\n")
file(WRITE "${OUT}" "${out}")
