/** Bounds of one intake, so that bad input costs little time and memory. Sizes in bytes. */
export interface IntakeLimits {
  /** One file of orders. */
  readonly orderFileBytes: number;
  /** One picture file. */
  readonly pictureBytes: number;
  /** Pixels of one picture: 50 megapixels is more than any camera phone delivers by default. */
  readonly picturePixels: number;
  readonly pictureTimeoutSeconds: number;
  /** Orders in one intake. */
  readonly orders: number;
  /** All pictures of one intake together; they are kept in memory. */
  readonly batchPictureBytes: number;
  /** Entries of a folder, its subfolders included, and how deep they go. */
  readonly folderEntries: number;
  readonly folderDepth: number;
}

export const defaultIntakeLimits: IntakeLimits = {
  orderFileBytes: 64 * 1024 * 1024,
  pictureBytes: 30 * 1024 * 1024,
  picturePixels: 50_000_000,
  pictureTimeoutSeconds: 20,
  orders: 2000,
  batchPictureBytes: 1024 * 1024 * 1024,
  folderEntries: 20_000,
  folderDepth: 4,
};
