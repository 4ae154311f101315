"""What highdicom needs for documents that say the same as ours: prints documents a second of CPU time.

    highdicom_reports.py REPORT.dcm...    our label reports, which say what is to be built

Reading them, and the images' attributes that highdicom asks for, is not counted; building each document
and writing it into memory is. Exit code 3: highdicom is not there."""

import io
import sys
import time

import pydicom
from pydicom.sr.coding import Code

try:
    import highdicom as hd
    from highdicom import sr
except ImportError:
    sys.exit(3)

DEVICE = Code("121007", "DCM", "Device")


class Wanted:
    """One image's report: the image's attributes, and its findings."""

    def __init__(self, path):
        ours = pydicom.dcmread(path)
        reference = ours.CurrentRequestedProcedureEvidenceSequence[0]
        series = reference.ReferencedSeriesSequence[0]
        self.image = pydicom.Dataset()
        for element in ours.group_dataset(0x0010):
            self.image.add(element)
        for keyword in ("StudyDate", "StudyTime", "AccessionNumber", "StudyID", "StudyDescription"):
            setattr(self.image, keyword, ours.get(keyword, ""))
        self.image.ReferringPhysicianName = ""
        self.image.StudyInstanceUID = reference.StudyInstanceUID
        self.image.SeriesInstanceUID = series.SeriesInstanceUID
        self.image.SOPClassUID = series.ReferencedSOPSequence[0].ReferencedSOPClassUID
        self.image.SOPInstanceUID = series.ReferencedSOPSequence[0].ReferencedSOPInstanceUID
        self.image.Rows = self.image.Columns = 1024
        procedure = ours.ProcedureCodeSequence[0]
        self.procedure = Code(
            procedure.CodeValue, procedure.CodingSchemeDesignator, procedure.CodeMeaning
        )
        self.findings = [
            Code(value.CodeValue, value.CodingSchemeDesignator, value.CodeMeaning)
            for container in ours.ContentSequence
            for item in container.get("ContentSequence", [])
            if item.ValueType == "CODE" and item.ConceptNameCodeSequence[0].CodeMeaning == "Finding"
            for value in item.ConceptCodeSequence
        ]


def build(wanted):
    observer = sr.ObserverContext(
        observer_type=DEVICE,
        observer_identifying_attributes=sr.DeviceObserverIdentifyingAttributes(
            uid=hd.UID(),
            name="NIH ChestX-ray14 report text mining",
            manufacturer_name="NIH Clinical Center",
            model_name="Data_Entry_2017",
        ),
    )
    group = sr.MeasurementsAndQualitativeEvaluations(
        tracking_identifier=sr.TrackingIdentifier(uid=hd.UID(), identifier="labels"),
        qualitative_evaluations=[
            sr.QualitativeEvaluation(name=Code("121071", "DCM", "Finding"), value=finding)
            for finding in wanted.findings
        ],
        source_images=[
            sr.SourceImageForMeasurementGroup(wanted.image.SOPClassUID, wanted.image.SOPInstanceUID)
        ],
    )
    content = sr.MeasurementReport(
        observation_context=sr.ObservationContext(observer_device_context=observer),
        procedure_reported=wanted.procedure,
        imaging_measurements=[group],
    )
    return sr.Comprehensive3DSR(
        evidence=[wanted.image],
        content=content[0],
        series_number=701,
        series_instance_uid=hd.UID(),
        sop_instance_uid=hd.UID(),
        instance_number=1,
        manufacturer="cxrbridge",
        manufacturer_model_name="cxrbridge",
        software_versions="1",
        device_serial_number="1",
        series_description="ChestX-ray14 labels",
    )


def main():
    documents = [Wanted(path) for path in sys.argv[1:]]
    began = time.process_time()
    for wanted in documents:
        build(wanted).save_as(io.BytesIO(), write_like_original=False)
    print(len(documents) / (time.process_time() - began))


if __name__ == "__main__":
    main()
