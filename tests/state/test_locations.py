"""Texts that can't be state locations, and what is said of them. No value is repeated."""

import pytest

from reconciler.advice import problem
from reconciler.model.locations import is_bare_name, unfit

UNFIT = {
    "az:/container/prefix": ("begins with az:", "az://container/prefix"),
    "az:container": ("begins with az:", "az://container/prefix"),
    "AZ://container/prefix": ("begins with az://", "az://container/prefix"),
    "s3:/bucket": ("begins with s3:", "s3://bucket/prefix"),
    "s3:bucket": ("begins with s3:", "s3://bucket/prefix"),
    "s3a://bucket/prefix": ("begins with s3a://", "s3://bucket/prefix"),
    "gs:bucket": ("begins with gs:", "gs://bucket/prefix"),
    "gcs://bucket": ("begins with gcs://", "gs://bucket/prefix"),
    "arn:aws:s3:::bucket/prefix": ("begins with arn:", "s3://bucket/prefix"),
    "abfss://container@account.dfs.core.windows.net/x": ("begins with abfss://", "az://container/prefix"),
    "wasbs://container@account": ("begins with wasbs://", "az://container/prefix"),
    "minio://host/bucket": ("begins with minio://", "AWS_ENDPOINT_URL"),
    "https://account.blob.core.windows.net/container": ("begins with https://", "az://"),
    "http:/host/x": ("begins with http:", "az://"),
    "file:///srv/state": ("begins with file://", "path alone"),
    "file:/srv/state": ("begins with file:", "path alone"),
    "hunter2:/x": ("a word and a colon", "az://"),
    "hunter2:x": ("a word and a colon", "./name"),
    "s_3://b": ("a word and a colon", "s3://"),
    "1st://b": ("a word and a colon", "s3://"),
    "\u00e9://x": ("a word and a colon", "s3://"),
    "://x": ("a word and a colon", "s3://"),
    ":/x": ("a word and a colon", "s3://"),
    "\uff53\uff13://b": ("a word and a colon", "s3://"),
    "s3\uff1a//b": ("a word and a colon", "s3://"),
    "s3\u2236//b": ("a word and a colon", "s3://"),
    "./az://container": (":// is in it", "az://"),
    "gs//b": ("begins with gs/", "gs://bucket/prefix"),
    "s3/b": ("begins with s3/", "./s3"),
    "az//estate/x": ("begins with az/", "./az"),
    "AZ/estate": ("begins with az/", "./az"),
    "s3;//b": ("begins with s3/", "s3://bucket/prefix"),
    "s3a//bucket": ("begins with s3a/", "s3://bucket/prefix"),
    "account.blob.core.windows.net/container": ("address of an object store", "az://"),
    "bucket.s3.eu-west-1.amazonaws.com/prefix": ("address of an object store", "s3://"),
    "storage.googleapis.com/bucket": ("address of an object store", "gs://"),
    "//container/prefix": ("two slashes", "az://"),
    "C:\\state": ("path of Windows", "path alone"),
    "C:/state": ("path of Windows", "path alone"),
    "D:": ("path of Windows", "path alone"),
    "\\\\server\\share\\state": ("path of Windows", "path alone"),
    "state\\prod": ("path of Windows", "path alone"),
    "": ("is empty", "az://"),
    " \t": ("is empty", "variable"),
    " state": ("begins or ends with a blank", "Remove"),
    "az://container/prefix ": ("begins or ends with a blank", "Remove"),
    "state\u00a0": ("begins or ends with a blank", "Remove"),
    "my state": ("holds a blank", "./first second"),
    "state\n": ("line break", "one line"),
    "az://container/prefix\r": ("line break", "one line"),
    "sta\x00te": ("line break", "one line"),
    "\ufeffstate": ("line break", "one line"),
    "state\u200b": ("line break", "one line"),
    '"state"': ("quotes", "Remove"),
    "'az://container/prefix'": ("quotes", "Remove"),
    "\u201cstate\u201d": ("quotes", "Remove"),
    "`state`": ("quotes", "Remove"),
    "~": ("begins with ~", "./state"),
    "~/state": ("begins with ~", "./state"),
    "~deploy/state": ("begins with ~", "./state"),
    "-x": ("begins with -", "./-x"),
    "--auto-approve": ("begins with -", "--state"),
    "$STATE": ("a variable or a placeholder", "Set"),
    "${STATE}/prod": ("a variable or a placeholder", "Set"),
    "$(StateLocation)": ("a variable or a placeholder", "Set"),
    "az://$(container)/prefix": ("a variable or a placeholder", "Set"),
    "az://$CONTAINER/prefix": ("a variable or a placeholder", "Set"),
    "${{ vars.STATE }}": ("a variable or a placeholder", "Set"),
    "{{ state }}": ("a variable or a placeholder", "Set"),
    "%STATE%": ("a variable or a placeholder", "Set"),
    "<container>/prefix": ("a variable or a placeholder", "Set"),
    "DefaultEndpointsProtocol=https;AccountName=a;AccountKey=hunter2;EndpointSuffix=x": ("connection string", "az://"),
    "BlobEndpoint=https://a/;SharedAccessSignature=sv=1&sig=hunter2": ("connection string", "az://"),
    "UseDevelopmentStorage=true": ("connection string", "az://"),
    "?sv=2024-01-01&sig=hunter2": ("connection string", "az://"),
    "https://a.blob.core.windows.net/c?sv=1&sig=hunter2": ("connection string", "az://"),
    "https://b.s3.amazonaws.com/k?X-Amz-Signature=hunter2": ("connection string", "az://"),
    '{"type": "service_account", "private_key": "hunter2"}': ("connection string", "az://"),
    "-----BEGIN PRIVATE KEY-----hunter2": ("connection string", "az://"),
    "hunter2Hunter2Hunter2Hunter2Hunter2": ("a random text, as keys are", "az://"),
    "az://": ("names no container", "az://container/prefix"),
    "s3:///prefix": ("names no bucket", "s3://bucket/prefix"),
    "az://container/prefix?sig=hunter2": ("credentials or options", "az://container/prefix"),
    "s3://hunter2@bucket": ("credentials or options", "s3://bucket/prefix"),
    "az://container//prefix": ("is not az://container/prefix", "no credentials"),
    "gs://bucket/a/../b": ("is not gs://bucket/prefix", "no credentials"),
}


@pytest.mark.parametrize("location", UNFIT, ids=ascii)
def test_what_no_folder_and_no_store_is_called_is_refused_with_what_to_write(location: str) -> None:
    found = unfit(location, windows=False)
    assert found is not None
    kind, advice = UNFIT[location]
    refused = problem(found.code, **found.data)
    assert kind in refused.what
    assert advice in refused.remedy
    assert "hunter2" not in f"{refused.what} {refused.remedy}"


@pytest.mark.parametrize(
    "location",
    [
        "state",
        "./state",
        "../state",
        ".",
        "/",
        "/srv/o'neil/state",
        "/srv/my state/v1.2",
        "./my state",
        "/mnt/x=1/y",
        "./az:odd",
        "./s3/b",
        "azure/prod",
        "state//prod",
        "/srv/a:b",
        "/home/\u0444/\u72b6\u614b",
        "/srv/\u0646\u0645\u06cc\u200c\u0634",
        "az://container",
        "az://$root/prefix",
        "az://estate/a=b/c_d.e/",
        "s3://my.bucket/0",
        "gs://bucket/prefix",
    ],
)
def test_what_can_be_meant_is_taken(location: str) -> None:
    assert unfit(location, windows=False) is None


def test_a_drive_is_a_folder_where_there_are_drives() -> None:
    assert [unfit(path, windows=True) for path in ("C:\\state", "D:/state", "\\\\server\\share", "a\\b")] == [None] * 4


@pytest.mark.parametrize(
    ("location", "bare"),
    [("state", True), ("container/prefix", True), ("./state", False), ("../state", False), ("/srv/state", False)],
)
def test_a_bare_name_may_be_a_containers(location: str, *, bare: bool) -> None:
    assert is_bare_name(location) is bare
