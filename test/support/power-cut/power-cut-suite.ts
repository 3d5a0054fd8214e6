import { afterAll, beforeAll } from 'vitest';
import { temporaryFolder, type TemporaryFolder } from '../temporary-folder.ts';
import { buildDiskModel } from './power-cut.ts';

/** What a suite about power cuts works with. */
export interface PowerCutSuite {
  readonly folder: TemporaryFolder;
  /** Copies at every fsync go to memory: on the disk they would be the slowest part. */
  readonly memory: TemporaryFolder;
  /** The disk model, compiled. */
  readonly library: string;
}

/** Gives a suite its folders and the disk model. */
export function powerCutSuite(): PowerCutSuite {
  let folder: TemporaryFolder;
  let memory: TemporaryFolder;
  let library: string;

  beforeAll(async () => {
    folder = await temporaryFolder('power');
    memory = await temporaryFolder('power', '/dev/shm');
    library = await buildDiskModel(folder.path);
  });
  afterAll(async () => {
    await folder[Symbol.asyncDispose]();
    await memory[Symbol.asyncDispose]();
  });

  return {
    get folder() { return folder; },
    get memory() { return memory; },
    get library() { return library; },
  };
}
