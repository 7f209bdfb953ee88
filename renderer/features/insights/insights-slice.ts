// renderer/features/insights/insights-slice.ts: the figures of one period, as the engine counted them.
import type { StateCreator } from 'zustand'
import { type Failure, toFailure } from '../../../engine/contract/failure.ts'
import type { Insights } from '../../../engine/contract/learning.ts'
import type { Client } from '../../store/client.ts'
import type { AppState } from '../../store/store.ts'
import { type Period, spanOf } from './period.ts'

export interface InsightsState {
  readonly period: Period
  /** Null until read once; `of` is the period it answers. */
  readonly read: { readonly of: Period; readonly by: 'day' | 'week'; readonly figures: Insights } | null
  readonly failure: Failure | null
}

export interface InsightsActions {
  readonly choose: (period: Period) => void
  readonly read: () => Promise<void>
}

export interface InsightsSlice {
  readonly insights: InsightsState
  readonly insightsActions: InsightsActions
}

export const createInsightsSlice =
  (client: Client): StateCreator<AppState, [], [], InsightsSlice> =>
  (set, get) => {
    const put = (change: Partial<InsightsState>) => set((all) => ({ insights: { ...all.insights, ...change } }))
    let asked = 0
    return {
      insights: { period: 'month', read: null, failure: null },
      insightsActions: {
        choose: (period) => {
          put({ period })
          void get().insightsActions.read()
        },
        read: async () => {
          const turn = ++asked
          const { period } = get().insights
          const first = get().conversations.reduce((oldest, { createdAt }) => Math.min(oldest, createdAt), Date.now())
          const span = spanOf(period, Date.now(), first)
          try {
            const figures = await client.call('insights.open', span)
            if (turn === asked) put({ read: { of: period, by: span.by, figures }, failure: null })
          } catch (error) {
            if (turn === asked) put({ failure: toFailure(error) })
          }
        },
      },
    }
  }
