/**
 * What fills the queues of a session while it runs. TensorFlow's queue runners are threads; here a
 * queue that has too little asks for more, and a feeder runs one more enqueue operation.
 */

/** Adds something to a queue; `false` when it has no more to add. */
export type Feeder = () => boolean;

interface Entry {
  readonly feeder: Feeder;
  active: boolean;
}

/** The feeders of one session, by the operation that makes the queue. */
export class QueueFeeders {
  private readonly lists = new Map<string, Entry[]>();

  /** Lets `feeder` fill the queue that operation `queue` makes; returns what takes it away again. */
  add(queue: string, feeder: Feeder): () => void {
    const entry = { feeder, active: false };
    const list = this.lists.get(queue) ?? [];
    list.push(entry);
    this.lists.set(queue, list);
    return () => this.remove(queue, entry);
  }

  /** Whether anything fills the queue of operation `queue`. */
  has(queue: string): boolean {
    return (this.lists.get(queue)?.length ?? 0) > 0;
  }

  /** Lets the next feeder of the queue add something, each in turn; `false` where none can. */
  feed(queue: string): boolean {
    const list = this.lists.get(queue) ?? [];
    const entry = list.find(({ active }) => !active);
    if (!entry) return false;
    this.remove(queue, entry);
    list.push(entry);
    entry.active = true;
    try {
      if (!entry.feeder()) this.remove(queue, entry);
    } catch (error) {
      this.remove(queue, entry);
      throw error;
    } finally {
      entry.active = false;
    }
    return true;
  }

  private remove(queue: string, entry: Entry): void {
    const list = this.lists.get(queue) ?? [];
    const at = list.indexOf(entry);
    if (at >= 0) list.splice(at, 1);
  }
}

/** The name under which a session keeps its feeders. */
export const QUEUE_FEEDERS = 'queue feeders';
