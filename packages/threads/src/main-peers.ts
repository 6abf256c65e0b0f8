// MainPeers: the Peers of the main M. It loads what it seldom needs when it needs it.

import { kick } from "@gr/core/internal";
import type { Arena, Codec, Memory } from "@gr/shm";
import { handed } from "./handed.ts";
import { MPeers } from "./m-peers.ts";
import type { MWorld } from "./m-world.ts";
import { MainVigil } from "./vigil.ts";

export class MainPeers extends MPeers {
  private loadsJudge: boolean;

  constructor(memory: Memory, arena: Arena, codec: Codec, world: MWorld) {
    super(memory, arena, codec, 0, world, (s) => new MainVigil(s, world, () => this.loadJudge()));
    this.loadsJudge = false;
  }

  protected override rung(): void {
    this.loadJudge();
  }

  private loadJudge(): void {
    if (this.loadsJudge) return;
    this.loadsJudge = true;
    void import("./judge.ts").then(({ makeJudge }) => {
      const judge = makeJudge(handed, this.group, this.codec, this.programs);
      this.gathering = judge.gathering;
      (this.vigil as MainVigil).judge = judge;
      kick();
    }, this.world.broken);
  }
}
