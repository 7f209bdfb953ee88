// native/backends/metal/messages.h: every message that the host sends, with its types. One place to hold against
// Apple's documentation. NSUInteger is uint64_t, NSInteger int64_t, BOOL bool: that of 64-bit Apple silicon.
#pragma once
#include "backends/metal/objc.h"

namespace hearth::metal {

struct GridSize {  // MTLSize
  uint64_t width, height, depth;
};

constexpr uint64_t kTracked = 0;                    // MTLResourceStorageModeShared, hazards across encoders tracked
constexpr uint64_t kUntracked = 1u << 8;            // MTLResourceHazardTrackingModeUntracked: for what is only read
constexpr uint64_t kConcurrent = 1;                 // MTLDispatchTypeConcurrent
constexpr uint64_t kScopeBuffers = 1;               // MTLBarrierScopeBuffers
constexpr uint64_t kCompleted = 4;                  // MTLCommandBufferStatusCompleted
constexpr uint64_t kTypeBool = 53, kTypeUint = 33;  // MTLDataTypeBool, MTLDataTypeUInt

namespace message {

// NSObject
inline constinit Message<Id()> retain{"retain"};
inline constinit Message<void()> release{"release"};
inline constinit Message<Id()> alloc{"alloc"};
inline constinit Message<Id()> init{"init"};
inline constinit Message<bool(Selector)> responds{"respondsToSelector:"};
// NSString, NSError
inline constinit Message<Id(const char*)> string_of{"stringWithUTF8String:"};
inline constinit Message<const char*()> utf8{"UTF8String"};
inline constinit Message<Id()> localized_description{"localizedDescription"};
inline constinit Message<int64_t()> code{"code"};
// MTLDevice
inline constinit Message<Id()> name{"name"};
inline constinit Message<uint64_t()> max_buffer_length{"maxBufferLength"};
inline constinit Message<uint64_t()> recommended_working_set{"recommendedMaxWorkingSetSize"};
inline constinit Message<bool(int64_t)> supports_family{"supportsFamily:"};
inline constinit Message<Id()> new_queue{"newCommandQueue"};
inline constinit Message<Id(Id, Id, Id*)> new_library{"newLibraryWithSource:options:error:"};
inline constinit Message<Id(Id, Id*)> new_pipeline{"newComputePipelineStateWithFunction:error:"};
inline constinit Message<Id(uint64_t, uint64_t)> new_buffer{"newBufferWithLength:options:"};
inline constinit Message<Id(void*, uint64_t, uint64_t, void*)> new_buffer_no_copy{
    "newBufferWithBytesNoCopy:length:options:deallocator:"};
inline constinit Message<Id(Id, Id*)> new_residency_set{"newResidencySetWithDescriptor:error:"};  // macOS 15
// MTLCompileOptions
inline constinit Message<void(bool)> set_fast_math{"setFastMathEnabled:"};
inline constinit Message<void(uint64_t)> set_language_version{"setLanguageVersion:"};
// MTLLibrary, MTLFunctionConstantValues
inline constinit Message<Id(Id, Id, Id*)> new_function{"newFunctionWithName:constantValues:error:"};
inline constinit Message<void(const void*, uint64_t, uint64_t)> set_constant{"setConstantValue:type:atIndex:"};
// MTLComputePipelineState
inline constinit Message<uint64_t()> max_threads{"maxTotalThreadsPerThreadgroup"};
// MTLBuffer
inline constinit Message<void*()> contents{"contents"};
// MTLResidencySet
inline constinit Message<void(Id)> add_allocation{"addAllocation:"};
inline constinit Message<void()> commit{"commit"};
inline constinit Message<void()> request_residency{"requestResidency"};
// MTLCommandQueue
inline constinit Message<Id()> command_buffer{"commandBufferWithUnretainedReferences"};
inline constinit Message<void(Id)> add_residency_set{"addResidencySet:"};
// MTLCommandBuffer
inline constinit Message<Id(uint64_t)> compute_encoder{"computeCommandEncoderWithDispatchType:"};
inline constinit Message<void()> wait_until_completed{"waitUntilCompleted"};
inline constinit Message<uint64_t()> status{"status"};
inline constinit Message<Id()> error{"error"};
inline constinit Message<double()> gpu_start{"GPUStartTime"};
inline constinit Message<double()> gpu_end{"GPUEndTime"};
// MTLComputeCommandEncoder
inline constinit Message<void(Id)> set_pipeline{"setComputePipelineState:"};
inline constinit Message<void(Id, uint64_t, uint64_t)> set_buffer{"setBuffer:offset:atIndex:"};
inline constinit Message<void(const void*, uint64_t, uint64_t)> set_bytes{"setBytes:length:atIndex:"};
inline constinit Message<void(GridSize, GridSize)> dispatch{"dispatchThreadgroups:threadsPerThreadgroup:"};
inline constinit Message<void(uint64_t)> memory_barrier{"memoryBarrierWithScope:"};
inline constinit Message<void()> end_encoding{"endEncoding"};

}  // namespace message
}  // namespace hearth::metal
