import { openEspfSubject } from '../support/simulated-espf.ts';
import { openEvolisSubject } from '../support/simulated-printer.ts';
import { printerContract } from './printer-contract.ts';

printerContract('The Evolis driver over TCP', async () => openEvolisSubject());
printerContract('The driver of the vendor\'s service', async () => openEspfSubject());
