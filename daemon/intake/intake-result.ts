import type { Finding } from '../../drivers/contracts/finding.ts';
import type { Order, OrderUnderCheck } from '../../queue/order/order-schema.ts';

/** Where an order was found: the file, and the place in it (line of NDJSON or CSV, index of a JSON array, both from 1). */
export interface OrderPlace {
  readonly file: string;
  readonly position: number | null;
}

/** An order with its pictures as they were delivered, and nothing that keeps it from being produced. */
export interface AcceptedOrder {
  readonly place: OrderPlace;
  readonly order: Order;
  /** JPEG or PNG as delivered. An EXIF orientation is not yet applied: whoever draws it must turn it upright. */
  readonly photo: Uint8Array;
  /** Null when the order uses no logo. */
  readonly logo: Uint8Array | null;
  /** SHA-256 (hex) over what the holder approves. */
  readonly contentHash: string;
  /** Findings that do not stop the order. */
  readonly warnings: readonly Finding[];
}

/** An order that goes back, with every reason. A file that holds no readable order at all is one too. */
export interface RefusedOrder {
  readonly place: OrderPlace;
  /** Null when it could not be read. */
  readonly orderId: string | null;
  /** Null when the order does not follow the schema. */
  readonly order: OrderUnderCheck | null;
  /** At least one of them is more than a warning. */
  readonly findings: readonly Finding[];
}

export interface IntakeResult {
  readonly accepted: readonly AcceptedOrder[];
  readonly refused: readonly RefusedOrder[];
  /** Files of a folder that are neither orders nor pictures, and were left alone. */
  readonly ignored: readonly string[];
}
