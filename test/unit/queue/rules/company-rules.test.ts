import { approve, exampleOrder } from '../../../support/orders/example-order.ts';
import { bad, good, section } from '../../../support/orders/rule-cases.ts';
import { describeRule } from '../../../support/orders/describe-rule.ts';

describeRule('R05', [
  good('an organisation number'),
  good('an owner', section('company', { organisationNumber: '510217-9974', form: 'ENSKILD_FIRMA' })),
  good('a samordningsnummer as owner', section('company', { organisationNumber: '730288-9931', form: 'ENSKILD_FIRMA' })),
  good('a foreign company is not judged here', section('company', { country: 'PL', organisationNumber: 'PL 12' })),
  bad('a wrong check digit', ['COM-ORGNR-INVALID company.organisationNumber'], section('company', { organisationNumber: '556016-0681' })),
  bad('a third digit below 2 that is no person', ['COM-ORGNR-INVALID company.organisationNumber'], section('company', { organisationNumber: '551316-0680' })),
]);

describeRule('R06', [
  good('aktiebolag'),
  good('no form for a foreign company', section('company', { country: 'PL', organisationNumber: 'PL 1234567890', form: undefined })),
  bad('a municipality', ['COM-FORM-NOT-ALLOWED company.form'], section('company', { form: 'KOMMUN' })),
  bad('a name of every object', ['COM-FORM-NOT-ALLOWED company.form'], section('company', { form: 'CONSTRUCTOR' })),
  bad('no form for a Swedish company', ['ORD-MISSING company.form'], section('company', { form: undefined })),
]);

describeRule('R07', [
  good('AB with group 5'),
  good('ekonomisk förening with group 7', section('company', { organisationNumber: '769999-0557', form: 'EKONOMISK_FORENING' })),
  good('HB with group 9', section('company', { organisationNumber: '969999-0330', form: 'HB' })),
  good('KB with group 9', section('company', { organisationNumber: '969999-0330', form: 'KB' })),
  good('enskild firma with the owner', section('company', { organisationNumber: '195102179974', form: 'ENSKILD_FIRMA' })),
  bad('AB with an owner', ['COM-FORM-MISMATCH company.form'], section('company', { organisationNumber: '195102179974', form: 'AB' })),
  bad('enskild firma with group 5', ['COM-FORM-MISMATCH company.form'], section('company', { form: 'ENSKILD_FIRMA' })),
  bad('HB with group 5', ['COM-FORM-MISMATCH company.form'], section('company', { form: 'HB' })),
]);

describeRule('R08', [
  good('aktiebolag', section('company', { registeredAtBolagsverket: false })),
  bad('enskild firma that is not registered', ['COM-NOT-REGISTERED company.registeredAtBolagsverket'], section('company', { organisationNumber: '195102179974', form: 'ENSKILD_FIRMA', registeredAtBolagsverket: false })),
]);

describeRule('R11', [
  good('active'),
  bad('pending', ['COM-ACCOUNT-INACTIVE company.id06Status'], section('company', { id06Status: 'PENDING' })),
  bad('closed', ['COM-ACCOUNT-INACTIVE company.id06Status'], section('company', { id06Status: 'CLOSED' })),
]);

describeRule('R12', [
  good('Swedish'),
  good('Polish', section('company', { country: 'PL', organisationNumber: 'PL 1234567890' })),
  good('Norwegian in groups', section('company', { country: 'NO', organisationNumber: 'NO 974 760 673' })),
  bad('without country code', ['COM-FOREIGN-NUMBER company.organisationNumber'], section('company', { country: 'PL', organisationNumber: '1234567890' })),
  bad('with another country code', ['COM-FOREIGN-NUMBER company.organisationNumber'], section('company', { country: 'PL', organisationNumber: 'DE 1234567890' })),
  bad('of no country', ['COM-FOREIGN-NUMBER company.country'], section('company', { country: 'XQ', organisationNumber: 'XQ 1234567890' })),
]);

describeRule('R13', [
  good('signatory'),
  good('user', approve({ ...exampleOrder(), orderer: { accountId: 'a', role: 'USER' } })),
  bad('a stranger', ['ORD-NOT-AUTHORISED orderer.role'], section('orderer', { role: 'VISITOR' })),
]);
