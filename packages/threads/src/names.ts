// Names of portables, as other Ms read them: each stands in a cell that says name and module (task-table.ts).

import type { PortableInfo } from "@gr/core/internal";
import type { Codec } from "@gr/shm";

export class Names {
  private readonly codec: Codec;
  private readonly addresses: Map<PortableInfo, number>;
  /** The portable that was asked for last, and its address. */
  private last: PortableInfo | null;
  private lastAt: number;

  constructor(codec: Codec) {
    this.codec = codec;
    this.addresses = new Map();
    this.last = null;
    this.lastAt = 0;
  }

  /** Owner thread only. The address under which other Ms find the portable. The cell lives as long as the memory. */
  addressOf(portable: PortableInfo): number {
    if (portable === this.last) return this.lastAt;
    let at = this.addresses.get(portable);
    if (at === undefined) {
      at = this.codec.encode([portable.name, portable.url]);
      this.addresses.set(portable, at);
    }
    this.last = portable;
    this.lastAt = at;
    return at;
  }
}
