import { afterEach, beforeEach, vi } from "vitest";

/** Time stands still in every test that follows in this block, until the test moves it. */
export function fakeTimeInEach(...toFake: NonNullable<FakeTimers["toFake"]>): void {
  beforeEach(() => void vi.useFakeTimers(toFake.length > 0 ? { toFake } : {}));
  afterEach(() => void vi.useRealTimers());
}

type FakeTimers = NonNullable<Parameters<typeof vi.useFakeTimers>[0]>;
