"""The content of a request, and what never leaves with it."""

from tests.partner_center.service import TENANT, TOKEN, Script, answer, client, page


def test_a_cookie_of_the_service_never_goes_back() -> None:
    service = Script(answer(page(), set_cookie="session=1; Path=/"))
    with client(service) as commerce:
        commerce.subscriptions(TENANT)
        commerce.subscriptions(TENANT)

    assert [request.headers.get("Cookie") for request in service.requests] == [None, None]


def test_a_request_says_who_asks_and_what_it_takes() -> None:
    service = Script(answer(page()))
    with client(service) as commerce:
        commerce.subscriptions(TENANT)

    (request,) = service.requests
    assert request.headers["Authorization"] == f"Bearer {TOKEN}"
    assert request.headers["Accept"] == "application/json"
    assert request.headers["Accept-Encoding"] == "gzip, deflate"
    assert request.headers["Host"] == "api.example.test"
