import { openEvolisSubject } from '../support/simulated-printer.ts';
import { printerContract } from './printer-contract.ts';

printerContract('The Evolis driver over TCP', async () => openEvolisSubject());
