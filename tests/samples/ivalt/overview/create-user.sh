# cURL Example
curl -X POST https://api.ivalt.com/admin/public/api/organization/123/create/user \
  -H "x-api-key: YOUR_API_KEY" \
  -H "Content-Type: application/json" \
  -d '{
    "email": "john.doe@example.com",
    "country_code": "+1",
    "mobile": "2345678901",
    "first_name": "John",
    "last_name": "Doe"
  }'
