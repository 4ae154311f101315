"""Storage commitment with odil as SCU: asks for the objects given as CLASS/INSTANCE, waits for the
N-EVENT-REPORT on the same association and prints what it says."""

import sys

import odil

N_ACTION_RQ, N_ACTION_RSP, N_EVENT_REPORT_RQ, N_EVENT_REPORT_RSP = 0x0130, 0x8130, 0x0100, 0x8100
PUSH_MODEL = odil.registry.StorageCommitmentPushModel
INSTANCE = odil.registry.StorageCommitmentPushModelInstance

port, transaction_uid = int(sys.argv[1]), sys.argv[2]
references = [reference.split("/") for reference in sys.argv[3:]]

association = odil.Association()
association.set_peer_host("127.0.0.1")
association.set_peer_port(port)
role = odil.AssociationParameters.PresentationContext.Role.SCU
(association.update_parameters()
    .set_calling_ae_title("ODIL").set_called_ae_title("CXRBRIDGE")
    .set_presentation_contexts([odil.AssociationParameters.PresentationContext(
        1, PUSH_MODEL, [odil.registry.ImplicitVRLittleEndian], role)]))
association.associate()

command = odil.DataSet()
command.add("RequestedSOPClassUID", [PUSH_MODEL])
command.add("CommandField", [N_ACTION_RQ])
command.add("MessageID", [1])
command.add("CommandDataSetType", [1])
command.add("RequestedSOPInstanceUID", [INSTANCE])
command.add("ActionTypeID", [1])
items = []
for sop_class, instance in references:
    item = odil.DataSet()
    item.add("ReferencedSOPClassUID", [sop_class])
    item.add("ReferencedSOPInstanceUID", [instance])
    items.append(item)
information = odil.DataSet()
information.add("TransactionUID", [transaction_uid])
information.add("ReferencedSOPSequence", items)
association.send_message(odil.messages.Message(command, information), PUSH_MODEL)

response = association.receive_message().get_command_set()
print("action", hex(response.as_int("CommandField")[0]), response.as_int("Status")[0])

event = association.receive_message()
request = event.get_command_set()
print("event", hex(request.as_int("CommandField")[0]), request.as_int("EventTypeID")[0])
report = event.get_data_set()
print("transaction", report.as_string("TransactionUID")[0].decode())
if report.has("ReferencedSOPSequence"):
    for item in report.as_data_set("ReferencedSOPSequence"):
        print("committed", item.as_string("ReferencedSOPInstanceUID")[0].decode())
if report.has("FailedSOPSequence"):
    for item in report.as_data_set("FailedSOPSequence"):
        print("failed", item.as_string("ReferencedSOPInstanceUID")[0].decode(),
              "%04X" % item.as_int("FailureReason")[0])

answer = odil.DataSet()
answer.add("AffectedSOPClassUID", [PUSH_MODEL])
answer.add("CommandField", [N_EVENT_REPORT_RSP])
answer.add("MessageIDBeingRespondedTo", request.as_int("MessageID"))
answer.add("CommandDataSetType", [0x0101])
answer.add("Status", [0])
association.send_message(odil.messages.Message(answer), PUSH_MODEL)
association.release()
