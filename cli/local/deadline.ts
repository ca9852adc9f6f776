import { ConditionNotMetError } from "../errors.ts";

/**
 * The outcome of `work`, unless it takes longer than `withinMs`.
 *
 * @throws ConditionNotMetError with `complaint` when the time is over; `work` itself goes on
 */
export async function within<T>(
  work: Promise<T>,
  withinMs: number,
  complaint: () => string,
): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const expired = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new ConditionNotMetError(complaint())), withinMs);
  });
  try {
    return await Promise.race([work, expired]);
  } finally {
    clearTimeout(timer);
  }
}
