// The handle at home of a goroutine that runs elsewhere.

import type { PortableInfo } from "@gr/core/internal";
import { sched, withVirtualHost } from "@gr/core/internal";
import { expect, test } from "vitest";
import * as State from "../src/record-state.ts";
import * as rec from "../src/record-words.ts";
import { RemoteG } from "../src/remote-g.ts";

test("a cancellation for which there is no room has not happened, and can be repeated", () =>
  withVirtualHost(() => {
    const mem = new Int32Array(new SharedArrayBuffer(256));
    mem[rec.STATE] = State.Started;
    let room = false;
    let sent = 0;
    const reach = {
      mem,
      cancelFar(): void {
        if (!room) throw new Error("full");
        sent++;
      },
      forget(): void {},
    };
    const portable = { body: function* () {} } as unknown as PortableInfo;
    const g = new RemoteG(1, portable, sched.ambient, 0, 0, 0, reach);
    expect(() => g.cancel()).toThrow("full");
    room = true;
    g.cancel();
    g.cancel();
    expect(sent).toBe(1);
  }));
