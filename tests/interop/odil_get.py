"""C-GET of one patient with odil: prints a line for each object received."""

import sys

import odil

port, patient_id = int(sys.argv[1]), sys.argv[2]

syntaxes = [odil.registry.ExplicitVRLittleEndian, odil.registry.ImplicitVRLittleEndian]
model = odil.registry.PatientRootQueryRetrieveInformationModelGet
storage = [odil.registry.SecondaryCaptureImageStorage, odil.registry.Comprehensive3DSRStorage]

association = odil.Association()
association.set_peer_host("127.0.0.1")
association.set_peer_port(port)
role = odil.AssociationParameters.PresentationContext.Role
contexts = [odil.AssociationParameters.PresentationContext(1, model, syntaxes, role.SCU)]
for index, sop_class in enumerate(storage):
    contexts.append(odil.AssociationParameters.PresentationContext(
        2 * index + 3, sop_class, syntaxes, role.SCP))
(association.update_parameters()
    .set_calling_ae_title("ODIL").set_called_ae_title("CXRBRIDGE")
    .set_presentation_contexts(contexts))
association.associate()

query = odil.DataSet()
query.add("QueryRetrieveLevel", ["PATIENT"])
query.add("PatientID", [patient_id])

scu = odil.GetSCU(association)
scu.set_affected_sop_class(model)
for data_set in scu.get(query):
    print("received", data_set.as_string("SOPInstanceUID")[0])
association.release()
