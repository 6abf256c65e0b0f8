// How an isolate that starts comes to know all shared objects; the essay is in object-table.ts.

import type { Known } from "./bus.ts";
import { listed, type ObjectTable } from "./object-table.ts";

/** Owner thread only. Takes what the starter of this isolate knew; settles once nothing that is listed is unknown. */
export async function completeTable(table: ObjectTable, given: readonly Known[]): Promise<void> {
  for (const known of given) table.learn(known);
  table.bus.drain();
  const all = listed(table.group);
  // Forgotten before the line was open.
  for (const id of table.entries.keys()) if (!all.includes(id)) table.entries.delete(id);
  const ids = all.filter((id) => !table.entries.has(id));
  if (ids.length === 0) return;
  await new Promise<void>((resolve) => {
    table.when(() => {
      const now = listed(table.group);
      if (ids.some((id) => now.includes(id) && !table.entries.has(id))) return false;
      resolve();
      return true;
    });
    // Over a tree what is listed is on its way.
    if (table.bus.instant) table.bus.post({ gr: "want", ids });
  });
}
