import { expect } from 'vitest';
import { StationFault, type FaultCode } from '../../../drivers/contracts/fault.ts';

/** Expects `work` to throw the fault; gives it for a closer look. */
export function expectFault(code: FaultCode, work: () => unknown): StationFault {
  try {
    work();
  } catch (error) {
    return checked(code, error);
  }
  throw new Error(`no fault, ${code} was expected`);
}

/** As `expectFault`, for a promise. */
export async function expectRejectedFault(code: FaultCode, work: Promise<unknown>): Promise<StationFault> {
  try {
    await work;
  } catch (error) {
    return checked(code, error);
  }
  throw new Error(`no fault, ${code} was expected`);
}

function checked(code: FaultCode, error: unknown): StationFault {
  if (!(error instanceof StationFault)) throw error;
  expect(error.code).toBe(code);
  return error;
}
