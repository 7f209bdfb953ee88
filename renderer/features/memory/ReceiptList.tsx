// renderer/features/memory/ReceiptList.tsx: what was forgotten, as far as that may be known: the receipts.
import type { ForgetReceipt } from '../../../engine/contract/memory.ts'
import { ReceiptSlip } from './ReceiptSlip.tsx'

export function ReceiptList({ receipts }: { readonly receipts: readonly ForgetReceipt[] }) {
  if (receipts.length === 0) {
    return (
      <p data-state="no-receipts" className="mt-6 text-ink-2">
        Nothing was forgotten yet. Each time you forget something, its receipt is kept here: counts, checks and times,
        never the content.
      </p>
    )
  }
  return (
    <ul aria-label="Receipts" className="mt-4 grid max-w-160 gap-3">
      {receipts.map((receipt) => (
        <li key={receipt.id}>
          <ReceiptSlip receipt={receipt} />
        </li>
      ))}
    </ul>
  )
}
