// native/core/session.cc: the timeline: what can be reused, what must be computed, in which chunks.
//
// Reuse rests on two facts. Every op is row-independent, so a token's keys, values and logits are the same bits
// whatever else was in its pass. And a ring that still holds every key that the next position sees is as good as a
// cache that never forgot; where it does not (a cut far behind the furthest token that was ever stored), the hidden
// states that could rebuild those keys are gone as well, so the timeline goes back to a copy of the rings that was kept
// at a turn (ring_marks.h), or to its start, and is computed again from there.
#include "core/session.h"

#include <algorithm>
#include <cassert>
#include <chrono>
#include <limits>

#include "arch/blocks/head.h"
#include "arch/forward.h"
#include "core/session_timeline.h"
#include "core/speculation/constraint_drafter.h"
#include "core/speculation/lookup_drafter.h"
#include "core/speculation/model_drafter.h"

namespace hearth {
namespace {

constexpr uint32_t kLongestChunk = 512;
static_assert(SessionOptions{}.chunk == kDefaultChunk);

std::string tokens_text(uint64_t count) { return std::to_string(count) + (count == 1 ? " token" : " tokens"); }

}  // namespace

Result<std::unique_ptr<Session>> Session::create(std::shared_ptr<const Model> model, const SessionOptions& options) {
  auto loaded = std::dynamic_pointer_cast<const LoadedModel>(std::move(model));
  if (!loaded)
    return Error{ErrorCode::kInvalidArgument, "Expected a model made by Model::load, found another or none."};
  if (options.chunk < 1 || options.chunk > kLongestChunk) {
    return Error{ErrorCode::kInvalidArgument, "Expected a chunk of 1 to " + std::to_string(kLongestChunk) +
                                                  " tokens, found " + std::to_string(options.chunk) + "."};
  }
  const SessionShape shape = session_shape(loaded->spec(), options.context, options.chunk);
  return TimelineSession::create(std::move(loaded), shape, options.kv);
}

Result<std::unique_ptr<Session>> TimelineSession::create(std::shared_ptr<const LoadedModel> model,
                                                         const SessionShape& shape, KvType kv) {
  const ops::KvFormat format = kv == KvType::kF16 ? ops::KvFormat::kF16 : ops::KvFormat::kF32;
  auto cache = KvCache::create(model->device(), model->spec(), shape.context, format, shape.chunk);
  if (!cache.ok()) return cache.error();
  auto scratch = arch::make_scratch(model->device(), model->spec(), shape.pass_rows, shape.logit_rows);
  if (!scratch.ok()) return scratch.error();
  std::unique_ptr<TimelineSession> session(new TimelineSession(std::move(model), shape.context, shape.chunk,
                                                               std::move(cache).value(), std::move(scratch).value()));
  if (Status status = session->add_drafters(); !status.ok()) return status.error();
  return std::unique_ptr<Session>(std::move(session));
}

TimelineSession::TimelineSession(std::shared_ptr<const LoadedModel> model, uint32_t context, uint32_t chunk,
                                 KvCache cache, arch::Scratch scratch)
    : model_(std::move(model)),
      context_(context),
      chunk_(chunk),
      cache_(std::move(cache)),
      scratch_(std::move(scratch)),
      encoder_(model_->device().encoder()) {
  timeline_.reserve(context_);
  pending_.reserve(context_);
}

Status TimelineSession::add_drafters() {
  speculator_.policy() = model_->learnt();
  speculator_.add(std::make_unique<LookupDrafter>());
  speculator_.add(std::make_unique<ConstraintDrafter>(model_->tokenizer()));
  if (model_->drafter() == nullptr) return Ok{};
  auto drafter =
      ModelDrafter::create({.model = model_.get(), .cache = &cache_, .scratch = &scratch_, .last_row = &last_row_});
  if (!drafter.ok()) return drafter.error();
  drafter_bytes_ = drafter.value()->bytes();
  speculator_.add(std::move(drafter).value());
  return Ok{};
}

uint64_t TimelineSession::memory_bytes() const {
  return cache_.bytes() + marks_.bytes() + scratch_.bytes() + drafter_bytes_ +
         (timeline_.capacity() + pending_.capacity()) * sizeof(TokenId);
}

Status TimelineSession::check(std::span<const TokenId> tokens) const {
  if (tokens.empty())
    return Error{ErrorCode::kInvalidArgument, "Expected a prompt of at least one token, found an empty one."};
  if (tokens.size() > context_) {
    return Error{ErrorCode::kPromptTooLong, "The prompt has " + tokens_text(tokens.size()) +
                                                "; the context holds at most " + std::to_string(context_) + "."};
  }
  const auto vocabulary = static_cast<TokenId>(model_->spec().vocabulary);
  for (size_t i = 0; i < tokens.size(); ++i) {
    if (tokens[i] < 0 || tokens[i] >= vocabulary) {
      return Error{ErrorCode::kInvalidArgument, "Expected token ids from 0 to " + std::to_string(vocabulary - 1) +
                                                    ", found " + std::to_string(tokens[i]) + " at position " +
                                                    std::to_string(i) + "."};
    }
  }
  return Ok{};
}

Result<SyncReport> TimelineSession::sync(std::span<const TokenId> prompt) {
  if (Status status = check(prompt); !status.ok()) return status.error();
  pending_.assign(prompt.begin(), prompt.end());  // `prompt` may be a view of the timeline
  const auto length = static_cast<uint32_t>(pending_.size());
  const auto mismatch = std::ranges::mismatch(timeline_, pending_);
  auto common = static_cast<uint32_t>(mismatch.in1 - timeline_.begin());
  if (common == length && timeline_.size() == length && logits_fresh_)
    return SyncReport{.reused = length, .computed = 0};

  rewind(std::min(common, length - 1));  // the last token is computed in any case, for its logits
  const auto reused = static_cast<uint32_t>(timeline_.size());
  marks_.plan(pending_, reused, model_->tokenizer(), cache_);
  const Status advanced = advance();
  marks_.plan_nothing();  // a reply's own steps take none
  if (!advanced.ok()) return advanced.error();
  return SyncReport{.reused = reused, .computed = length - reused};
}

Status TimelineSession::step(TokenId token) {
  if (timeline_.size() >= context_) {
    return Error{ErrorCode::kPromptTooLong, "The context is full: it holds " + tokens_text(context_) + " and no more."};
  }
  pending_.assign(timeline_.begin(), timeline_.end());
  pending_.push_back(token);
  if (Status status = check(std::span(pending_).last(1)); !status.ok()) return status;
  rewind(static_cast<uint32_t>(timeline_.size()));
  return advance();
}

Status TimelineSession::verify(std::span<const TokenId> tokens) {
  assert(!tokens.empty() && tokens.size() <= kVerifyRows && verified_ == 0);
  if (timeline_.size() + tokens.size() > context_) {
    return Error{ErrorCode::kPromptTooLong, "The context is full: it holds " + tokens_text(context_) + " and no more."};
  }
  if (Status status = check(tokens); !status.ok()) return status;
  pending_.assign(timeline_.begin(), timeline_.end());
  rewind(static_cast<uint32_t>(timeline_.size()));
  if (timeline_.size() < pending_.size()) {  // a cut went behind what the rings remember
    if (Status status = advance(); !status.ok()) return status;
  }
  const auto rows = static_cast<uint32_t>(tokens.size());
  logits_fresh_ = false;
  const Result<bool> ran = pass(tokens, rows);
  if (!ran.ok()) return ran.error();
  if (!ran.value()) return cancelled_error(timeline_.size() + rows);
  if (Status status = compute_logits(0, rows); !status.ok()) return status;
  verified_ = rows;
  last_row_ = rows - 1;
  return Ok{};
}

std::span<float> TimelineSession::verified(uint32_t row) {
  assert(row < verified_);
  return logits_row(row);
}

void TimelineSession::keep(uint32_t count) {
  assert(count >= 1 && count <= verified_);
  timeline_.resize(timeline_.size() - (verified_ - count));
  last_row_ = count - 1;
  verified_ = 0;
}

void TimelineSession::truncate(uint32_t length) {
  if (length >= timeline_.size()) return;
  timeline_.resize(length);
  marks_.cut(length);
  logits_fresh_ = false;
}

void TimelineSession::rewind(uint32_t length) {
  verified_ = 0;
  marks_.cut(length);
  if (!cache_.intact(length)) length = marks_.restore(cache_, length);
  timeline_.resize(length);
  logits_fresh_ = false;
}

Error TimelineSession::cancelled_error(size_t wanted) const {
  return {ErrorCode::kCancelled,
          "Cancelled after " + std::to_string(timeline_.size()) + " of " + tokens_text(wanted) + "."};
}

Status TimelineSession::advance() {
  const bool is_step = pending_.size() - timeline_.size() <= 1;  // nobody wants to be told how far that is
  auto first = static_cast<uint32_t>(timeline_.size());
  const auto progress = [&] {  // all work before it has finished
    marks_.take(cache_, first, static_cast<uint32_t>(timeline_.size()));
    first = static_cast<uint32_t>(timeline_.size());
    if (!is_step && on_progress()) on_progress()(first, static_cast<uint32_t>(pending_.size()));
  };
  while (timeline_.size() < pending_.size()) {
    if (cancelled()) return cancelled_error(pending_.size());
    const size_t rows = std::min<size_t>(model_->pace().rows(chunk_), pending_.size() - timeline_.size());
    const bool last = timeline_.size() + rows == pending_.size();
    const auto start = std::chrono::steady_clock::now();
    const Result<bool> ran = pass(std::span(pending_).subspan(timeline_.size(), rows), last ? 1 : 0);
    if (!ran.ok()) return ran.error();
    if (!ran.value()) return cancelled_error(pending_.size());
    const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - start;
    model_->pace().passed(static_cast<uint32_t>(rows), model_->spec().last_owner() + 1, took.count());
    if (!last) progress();
  }
  if (Status status = compute_logits(0, 1); !status.ok()) return status;
  progress();
  last_row_ = 0;
  logits_fresh_ = true;
  return Ok{};
}

Result<bool> TimelineSession::pass(std::span<const TokenId> tokens, uint32_t wanted) {
  const auto first = static_cast<uint32_t>(timeline_.size());
  const uint32_t end = first + static_cast<uint32_t>(tokens.size());
  if (Status status = cache_.reserve(end); !status.ok()) return status.error();
  cache_.stored(end);
  const bool ran = arch::forward(*encoder_, model_->spec(), model_->weights(), cache_.views(), scratch_,
                                 {.tokens = tokens, .first_position = first, .wanted = wanted, .stop = &cancel_flag()});
  // Wanted rows go on to the head in the same submission.
  if (!ran || wanted == 0) {
    if (Status status = encoder_->finish(); !status.ok()) return status.error();
  }
  if (ran) timeline_.insert(timeline_.end(), tokens.begin(), tokens.end());
  return ran;
}

Status TimelineSession::compute_logits(uint32_t first, uint32_t count) {
  arch::head(*encoder_, model_->spec(), model_->weights(), scratch_, first, count);
  if (Status status = encoder_->finish(); !status.ok()) return status;
  for (uint32_t row = 0; row < count; ++row) {
    const std::span<float> logits = logits_row(row);
    for (const TokenId id : model_->spec().suppressed)
      logits[static_cast<size_t>(id)] = -std::numeric_limits<float>::infinity();
  }
  return Ok{};
}

std::span<float> TimelineSession::logits_row(uint32_t row) {
  const ops::Rows rows = scratch_.logits.at(row, 1, model_->spec().vocabulary);
  return {reinterpret_cast<float*>(rows.buffer->host()) + rows.offset, rows.cols};
}

std::span<float> TimelineSession::logits() {
  assert(logits_fresh_);
  logits_fresh_ = false;  // the caller may change them, so the next sync to the same prompt computes them again
  return logits_row(last_row_);
}

Status TimelineSession::logits_of(std::span<const TokenId> tokens,
                                  const std::function<void(uint32_t, std::span<const float>)>& row) {
  if (Status status = check(tokens); !status.ok()) return status;
  pending_.assign(tokens.begin(), tokens.end());
  cache_.clear();
  marks_.cut(0);
  timeline_.clear();
  logits_fresh_ = false;
  while (timeline_.size() < pending_.size()) {
    if (cancelled()) return cancelled_error(pending_.size());
    const auto first = static_cast<uint32_t>(timeline_.size());
    const auto rows = static_cast<uint32_t>(std::min<size_t>(chunk_, pending_.size() - first));
    const Result<bool> ran = pass(std::span(pending_).subspan(first, rows), rows);
    if (!ran.ok()) return ran.error();
    if (!ran.value()) return cancelled_error(pending_.size());
    for (uint32_t done = 0; done < rows; done += scratch_.logits_rows) {
      const uint32_t count = std::min(scratch_.logits_rows, rows - done);
      if (Status status = compute_logits(done, count); !status.ok()) return status;
      for (uint32_t r = 0; r < count; ++r) row(first + done + r, logits_row(r));
    }
  }
  return Ok{};
}

}  // namespace hearth
