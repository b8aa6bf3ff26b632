"""What a change asks, by what a test needs to say of it."""

from reconciler.model.request import ResizeRequest, UpgradeRequest


def an_upgrade(
    target_offer_id: str, quantity: int = 25, *, way: str = "upgrade_with_license_transfer", name: str = ""
) -> UpgradeRequest:
    return UpgradeRequest(
        kind="upgrade", type=way, target_offer_id=target_offer_id, target_offer_name=name, quantity=quantity
    )


def a_resize(quantity: int) -> ResizeRequest:
    return ResizeRequest(kind="resize", quantity=quantity)
